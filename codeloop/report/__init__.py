"""Reports: text from plain data; nothing here runs, asks or checks anything."""

// task: double
// outcome: missing_entry_point
// attack: the entry point is hidden in a block
{
  const double = (x) => 2 * x
}

#pragma codeloop serve

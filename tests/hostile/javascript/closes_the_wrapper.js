// task: double
// outcome: syntax
// attack: a brace that would end the function which modules are wrapped in
const double = (x) => x + 2
})
;(function () {

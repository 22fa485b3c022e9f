// task: twice
// outcome: signature
// attack: a variable of that name
package main


var Twice = 2

// task: double
// outcome: out_of_memory or exception or timeout
// attack: a text of a hundred million characters; whether it is made or refused first is a race with the collector
const double = (x) => 'x'.repeat(1e8)

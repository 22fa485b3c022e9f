# task: double
# outcome: missing_entry_point
# attack: a class in place of the function
class Solution:
    def double(self, x):
        return x

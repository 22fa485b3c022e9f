// Package assert has the functions of testify's assert that tests use, with its meanings: two values are equal when
// they are deeply equal and of one type; bytes are compared as bytes. No method of a compared value is called.
package assert

import (
	"bytes"
	"reflect"

	"codeloop/verdict"
)

// Assertions is what New gives.
type Assertions struct{}

// New gives the assertions as methods.
func New(t any) *Assertions { return &Assertions{} }

// ObjectsAreEqual compares as testify does: nil only with nil, bytes as bytes, the rest deeply.
func ObjectsAreEqual(expected, actual any) bool {
	if expected == nil || actual == nil {
		return expected == nil && actual == nil
	}
	exp, ok := expected.([]byte)
	if !ok {
		return reflect.DeepEqual(expected, actual)
	}
	act, ok := actual.([]byte)
	if !ok || exp == nil || act == nil {
		return ok && exp == nil && act == nil
	}
	return bytes.Equal(exp, act)
}

func isNil(value any) bool {
	if value == nil {
		return true
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Chan, reflect.Func, reflect.Interface, reflect.Map, reflect.Pointer, reflect.Slice, reflect.UnsafePointer:
		return v.IsNil()
	}
	return false
}

func asFloat(value any) (float64, bool) {
	if value == nil {
		return 0, false
	}
	switch v := reflect.ValueOf(value); {
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanUint():
		return float64(v.Uint()), true
	case v.CanFloat():
		return v.Float(), true
	}
	return 0, false
}

func isNear(expected, actual any, delta float64) bool {
	a, isNumber := asFloat(expected)
	b, isAlso := asFloat(actual)
	gap := a - b
	return isNumber && isAlso && (gap <= delta && gap >= -delta || a != a && b != b)
}

func length(value any) int {
	if value == nil {
		return -1
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Array, reflect.Chan, reflect.Map, reflect.Slice, reflect.String:
		return v.Len()
	}
	return -1
}

func sameElements(expected, actual any) bool {
	if length(expected) <= 0 && length(actual) <= 0 {
		return true
	}
	if length(expected) != length(actual) {
		return false
	}
	a, b := reflect.ValueOf(expected), reflect.ValueOf(actual)
	if a.Kind() == reflect.Map || b.Kind() == reflect.Map {
		return false
	}
	used := make([]bool, b.Len())
	for i := 0; i < a.Len(); i++ {
		found := false
		for j := 0; j < b.Len() && !found; j++ {
			if !used[j] && ObjectsAreEqual(a.Index(i).Interface(), b.Index(j).Interface()) {
				used[j], found = true, true
			}
		}
		if !found {
			return false
		}
	}
	return true
}

func Equal(t any, expected, actual any, said ...any) bool {
	return verdict.Check(ObjectsAreEqual(expected, actual), expected, actual)
}

func NotEqual(t any, unwanted, actual any, said ...any) bool {
	if ObjectsAreEqual(unwanted, actual) {
		verdict.Fail("anything but "+verdict.Show(unwanted), verdict.Show(actual))
		return false
	}
	return true
}

func True(t any, value bool, said ...any) bool { return verdict.Check(value, true, value) }

func False(t any, value bool, said ...any) bool { return verdict.Check(!value, false, value) }

func Nil(t any, value any, said ...any) bool { return verdict.Check(isNil(value), nil, value) }

func NotNil(t any, value any, said ...any) bool {
	if isNil(value) {
		verdict.Fail("anything but nil", verdict.Show(value))
		return false
	}
	return true
}

func NoError(t any, err error, said ...any) bool { return Nil(t, err) }

func Error(t any, err error, said ...any) bool { return NotNil(t, err) }

func InDelta(t any, expected, actual any, delta float64, said ...any) bool {
	return verdict.Check(isNear(expected, actual, delta), expected, actual)
}

func Len(t any, value any, expected int, said ...any) bool {
	return verdict.Check(length(value) == expected, expected, length(value))
}

func Empty(t any, value any, said ...any) bool {
	return verdict.Check(isNil(value) || length(value) == 0 || length(value) < 0 && reflect.ValueOf(value).IsZero(), "empty", value)
}

func ElementsMatch(t any, expected, actual any, said ...any) bool {
	return verdict.Check(sameElements(expected, actual), expected, actual)
}

func (a *Assertions) Equal(expected, actual any, said ...any) bool { return Equal(nil, expected, actual) }

func (a *Assertions) NotEqual(unwanted, actual any, said ...any) bool {
	return NotEqual(nil, unwanted, actual)
}

func (a *Assertions) True(value bool, said ...any) bool { return True(nil, value) }

func (a *Assertions) False(value bool, said ...any) bool { return False(nil, value) }

func (a *Assertions) Nil(value any, said ...any) bool { return Nil(nil, value) }

func (a *Assertions) NotNil(value any, said ...any) bool { return NotNil(nil, value) }

func (a *Assertions) NoError(err error, said ...any) bool { return Nil(nil, err) }

func (a *Assertions) Error(err error, said ...any) bool { return NotNil(nil, err) }

func (a *Assertions) InDelta(expected, actual any, delta float64, said ...any) bool {
	return InDelta(nil, expected, actual, delta)
}

func (a *Assertions) Len(value any, expected int, said ...any) bool { return Len(nil, value, expected) }

func (a *Assertions) Empty(value any, said ...any) bool { return Empty(nil, value) }

func (a *Assertions) ElementsMatch(expected, actual any, said ...any) bool {
	return ElementsMatch(nil, expected, actual)
}

package verdict

import (
	"reflect"
	"sort"
	"strconv"
	"unicode/utf8"
)

const (
	shownBytes = 500 // of one value: enough to see a difference, too little to flood
	shownDepth = 5
)

// Show writes a value as Go would; it calls no method of the value.
func Show(value any) string {
	if value == nil {
		return "nil"
	}
	w := &writer{}
	w.write(reflect.ValueOf(value), 0, true)
	return cut(string(w.text))
}

func typed(value any, shown string) string {
	if value == nil {
		return shown
	}
	switch reflect.TypeOf(value).Kind() {
	case reflect.Slice, reflect.Array, reflect.Map, reflect.Struct, reflect.Pointer:
		return shown
	}
	return reflect.TypeOf(value).String() + "(" + shown + ")"
}

type writer struct {
	text []byte
}

func (w *writer) put(text string) { w.text = append(w.text, text...) }

func (w *writer) isFull() bool { return len(w.text) > shownBytes }

func (w *writer) write(v reflect.Value, depth int, named bool) {
	if w.isFull() || depth > shownDepth {
		w.put("…")
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		w.put(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		w.put(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		w.put(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32:
		w.put(strconv.FormatFloat(v.Float(), 'g', -1, 32))
	case reflect.Float64:
		w.put(strconv.FormatFloat(v.Float(), 'g', -1, 64))
	case reflect.Complex64, reflect.Complex128:
		w.put(strconv.FormatComplex(v.Complex(), 'g', -1, 128))
	case reflect.String:
		text := v.String()
		if len(text) > 2*shownBytes {
			text = text[:2*shownBytes]
		}
		w.put(strconv.Quote(text))
	case reflect.Interface:
		if v.IsNil() {
			w.put("nil")
			return
		}
		w.write(v.Elem(), depth, true)
	case reflect.Pointer:
		if v.IsNil() {
			w.put("nil")
			return
		}
		w.put("&")
		w.write(v.Elem(), depth+1, named)
	case reflect.Slice, reflect.Array:
		w.list(v, depth, named)
	case reflect.Map:
		w.pairs(v, depth, named)
	case reflect.Struct:
		w.fields(v, depth, named)
	default:
		w.put(v.Type().String())
	}
}

func (w *writer) list(v reflect.Value, depth int, named bool) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		w.put(v.Type().String() + "(nil)")
		return
	}
	if named {
		w.put(v.Type().String())
	}
	w.put("{")
	for i := 0; i < v.Len() && !w.isFull(); i++ {
		if i > 0 {
			w.put(", ")
		}
		w.write(v.Index(i), depth+1, false)
	}
	w.put("}")
}

func (w *writer) pairs(v reflect.Value, depth int, named bool) {
	if v.IsNil() {
		w.put(v.Type().String() + "(nil)")
		return
	}
	if named {
		w.put(v.Type().String())
	}
	var shown []string
	for entries := v.MapRange(); entries.Next() && len(shown) < shownBytes; {
		pair := &writer{}
		pair.write(entries.Key(), depth+1, false)
		pair.put(": ")
		pair.write(entries.Value(), depth+1, false)
		shown = append(shown, string(pair.text))
	}
	sort.Strings(shown)
	w.put("{")
	for i, pair := range shown {
		if i > 0 {
			w.put(", ")
		}
		w.put(pair)
	}
	w.put("}")
}

func (w *writer) fields(v reflect.Value, depth int, named bool) {
	if named {
		w.put(v.Type().String())
	}
	w.put("{")
	for i := 0; i < v.NumField() && !w.isFull(); i++ {
		if i > 0 {
			w.put(", ")
		}
		w.put(v.Type().Field(i).Name + ": ")
		w.write(v.Field(i), depth+1, false)
	}
	w.put("}")
}

func cut(text string) string {
	if len(text) <= shownBytes {
		return text
	}
	end := shownBytes
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

func number(n int) string { return strconv.Itoa(n) }

func field(name, value string) string { return `,"` + name + `":` + quote(value) }

// quote writes a JSON string in ASCII; bytes that are no UTF-8 become U+FFFD.
func quote(text string) string {
	const digits = "0123456789abcdef"
	quoted := []byte{'"'}
	unit := func(r rune) {
		quoted = append(quoted, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
	}
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			quoted = append(quoted, '\\', byte(r))
		case r >= ' ' && r <= '~':
			quoted = append(quoted, byte(r))
		case r > 0xffff:
			unit(0xd800 + (r-0x10000)>>10)
			unit(0xdc00 + (r-0x10000)&0x3ff)
		default:
			unit(r)
		}
	}
	return string(append(quoted, '"'))
}

/* SPDX-License-Identifier: MIT */
#include "numbers.h"

int numbers_take(PyObject *object, int lowest, int highest, int *number) {
    int overflow = 0;
    long value = PyLong_AsLongAndOverflow(object, &overflow);
    if (value == -1 && !overflow && PyErr_Occurred())
        return -1;
    if (overflow || value < lowest || value > highest) {
        PyErr_Format(PyExc_ValueError, "%S is not between %d and %d", object, lowest, highest);
        return -1;
    }
    *number = (int)value;
    return 0;
}

int numbers_take_count(PyObject *object, fx_count *count) {
    if (object == Py_None)
        return 0;
    unsigned long long value = PyLong_AsUnsignedLongLong(object);
    if (value == (unsigned long long)-1 && PyErr_Occurred())
        return -1;
    *count = (fx_count)FX_COUNT(value);
    return 0;
}

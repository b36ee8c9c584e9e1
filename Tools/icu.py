"""The few functions of ICU that the generators beside this file call.

On Debian 12 `apt install libicu72` has them, of Unicode 15. Another version of
ICU is named by ICU_VERSION, such as ICU_VERSION=76; its Unicode version then
goes into what is generated.
"""
import ctypes
import os

LAST = 0x10FFFF

_suffix = os.environ.get("ICU_VERSION", "72")
_common = ctypes.CDLL(f"libicuuc.so.{_suffix}")
_extra = ctypes.CDLL(f"libicui18n.so.{_suffix}")

# Constants of unicode/uchar.h and unicode/uspoof.h.
DEFAULT_IGNORABLE = 5
EMOJI_PRESENTATION = 58
_COMBINING_CLASS = 0x1002
_EAST_ASIAN_WIDTH = 0x1004
_JOINING_TYPE = 0x1007
_NUMERIC_TYPE = 0x1009
_SCRIPT = 0x100A
_CATEGORIES = (
    "Cn Lu Ll Lt Lm Lo Mn Me Mc Nd Nl No Zs Zl Zp Cc Cf Co Cs Pd Ps Pe Pc Po Sm Sc Sk So Pi Pf"
).split()
_WIDE, _FULLWIDTH = 5, 3
# U_NT_DECIMAL, U_NT_DIGIT.
_DIGITS = (1, 2)
# Dual, left and right.
_JOINING = (2, 3, 4)


def _function(library, name, result, *arguments):
    function = getattr(library, f"{name}_{_suffix}")
    function.restype = result
    function.argtypes = arguments
    return function


_i32, _ptr, _str = ctypes.c_int32, ctypes.c_void_p, ctypes.c_char_p
_error = ctypes.POINTER(ctypes.c_int)

_version = _function(_common, "u_getUnicodeVersion", None, _ptr)
_type = _function(_common, "u_charType", ctypes.c_int8, _i32)
_int_property = _function(_common, "u_getIntPropertyValue", _i32, _i32, ctypes.c_int)
_has_property = _function(_common, "u_hasBinaryProperty", ctypes.c_int8, _i32, ctypes.c_int)
_number = _function(_common, "u_getNumericValue", ctypes.c_double, _i32)
_name = _function(_common, "u_charName", _i32, _i32, ctypes.c_int, _ptr, _i32, _error)
_extensions = _function(_common, "uscript_getScriptExtensions", _i32, _i32, _ptr, _i32, _error)
_short_name = _function(_common, "uscript_getShortName", _str, ctypes.c_int)
_fold = _function(_common, "u_strFoldCase", _i32, _ptr, _i32, _ptr, _i32, ctypes.c_uint32, _error)
_nfkd = _function(_common, "unorm2_getNFKDInstance", _ptr, _error)
_nfd = _function(_common, "unorm2_getNFDInstance", _ptr, _error)
_nfc = _function(_common, "unorm2_getNFCInstance", _ptr, _error)
_normalize = _function(_common, "unorm2_normalize", _i32, _ptr, _ptr, _i32, _ptr, _i32, _error)
_spoof_open = _function(_extra, "uspoof_open", _ptr, _error)
_skeleton = _function(
    _extra, "uspoof_getSkeleton", _i32, _ptr, ctypes.c_uint32, _ptr, _i32, _ptr, _i32, _error)


def _checked(call, *arguments):
    status = ctypes.c_int(0)
    result = call(*arguments, ctypes.byref(status))
    # Negative ones are warnings.
    if status.value > 0:
        raise OSError(f"ICU error {status.value}")
    return result


def _text(call, text, *before):
    """What a function of ICU writes for `text`, both in UTF-16."""
    source = text.encode("utf-16-le")
    room = 64 + 20 * len(source)
    target = ctypes.create_string_buffer(2 * room)
    # These take the flags of u_strFoldCase after the text, the others before.
    if call is _fold:
        count = _checked(call, target, room, source, len(source) // 2, 0)
    else:
        count = _checked(call, *before, source, len(source) // 2, target, room)
    return target.raw[: 2 * count].decode("utf-16-le")


def unicode_version():
    parts = (ctypes.c_uint8 * 4)()
    _version(parts)
    return f"{parts[0]}.{parts[1]}.{parts[2]}"


def scalars():
    return (code for code in range(LAST + 1) if not 0xD800 <= code < 0xE000)


def category(code):
    return _CATEGORIES[_type(code)]


def combining_class(code):
    return _int_property(code, _COMBINING_CLASS)


def digit(code):
    """Which digit of any script or style, circled ones too, if one it is."""
    return int(_number(code)) if _int_property(code, _NUMERIC_TYPE) in _DIGITS else None


def joins(code):
    """Whether a joiner after it can be seen: it is a letter whose form depends
    on its neighbours, or the virama of a script with conjuncts."""
    return _int_property(code, _JOINING_TYPE) in _JOINING or combining_class(code) == 9


def is_wide(code):
    return _int_property(code, _EAST_ASIAN_WIDTH) in (_WIDE, _FULLWIDTH)


def has(code, prop):
    return bool(_has_property(code, prop))


def name(code):
    room = ctypes.create_string_buffer(256)
    _checked(_name, code, 0, room, 256)
    return room.value.decode()


def script(code):
    return _short_name(_int_property(code, _SCRIPT)).decode()


def own_script(code):
    """The script that `code` alone belongs to, or Zyyy."""
    room = (ctypes.c_int * 64)()
    count = _checked(_extensions, code, room, 64)
    name = _short_name(room[0]).decode()
    return "Zyyy" if count > 1 or name == "Zinh" else name


def nfkd(text):
    return _text(_normalize, text, _checked(_nfkd))


def nfd(text):
    return _text(_normalize, text, _checked(_nfd))


def nfc(text):
    return _text(_normalize, text, _checked(_nfc))


def fold_case(text):
    """The full case folding, with Turkish letters as everywhere else."""
    return _text(_fold, text)


_checker = _checked(_spoof_open)


def skeleton(text):
    """UTS #39, section 4."""
    return _text(_skeleton, text, _checker, 0)

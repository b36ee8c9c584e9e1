import ChatCore
import ChatTerminal
import Testing

@Suite struct KeyDecoderTests {
  private static let start = Instant(milliseconds: 0)

  /// The keys of `bytes` when they are read `chunk` at a time, text that was
  /// parted by that joined again.
  static func keys(_ bytes: [UInt8], chunk: Int) -> [Key] {
    var decoder = KeyDecoder()
    var keys: [Key] = []
    for first in stride(from: 0, to: bytes.count, by: chunk) {
      for key in decoder.decode(bytes[first..<min(first + chunk, bytes.count)], at: start) {
        if case .text(let more) = key, case .text(let text)? = keys.last {
          keys[keys.count - 1] = .text(text + more)
        } else {
          keys.append(key)
        }
      }
    }
    return keys
  }

  static let cases: [(String, [Key])] = [
    ("abc", [.text("abc")]),
    ("é日👨‍👩‍👧x", [.text("é日👨‍👩‍👧x")]),
    ("a\rb\r\nc\n", [.text("a"), .enter, .text("b"), .enter, .text("c"), .enter]),
    ("\u{1}\u{3}\u{1a}\u{1f}", [.control("a"), .control("c"), .control("z"), .control("_")]),
    ("\u{8}\u{7f}", [.backspace, .backspace]),
    ("\u{1b}\u{7f}\u{1b}\u{8}", [.wordBackspace, .wordBackspace]),
    ("\u{1b}b\u{1b}f\u{1b}d", [.alt("b"), .alt("f"), .alt("d")]),
    // xterm, VTE, tmux, screen, the Linux console: arrows in both modes.
    (
      "\u{1b}[A\u{1b}[B\u{1b}[C\u{1b}[D",
      [
        .special(.up, byWord: false), .special(.down, byWord: false),
        .special(.right, byWord: false), .special(.left, byWord: false),
      ]
    ),
    ("\u{1b}OA\u{1b}OD", [.special(.up, byWord: false), .special(.left, byWord: false)]),
    // Shift, Alt, Ctrl, Ctrl with Shift, Meta with Ctrl.
    (
      "\u{1b}[1;2D\u{1b}[1;3D\u{1b}[1;5C\u{1b}[1;6C\u{1b}[1;13D",
      [
        .special(.left, byWord: false), .special(.left, byWord: true),
        .special(.right, byWord: true), .special(.right, byWord: true),
        .special(.left, byWord: true),
      ]
    ),
    // rxvt and PuTTY.
    (
      "\u{1b}Od\u{1b}\u{1b}[C\u{1b}[3^",
      [
        .special(.left, byWord: true), .special(.right, byWord: true),
        .special(.delete, byWord: true),
      ]
    ),
    (
      "\u{1b}[H\u{1b}OH\u{1b}[1~\u{1b}[7~",
      Array(repeating: .special(.home, byWord: false), count: 4)
    ),
    (
      "\u{1b}[F\u{1b}OF\u{1b}[4~\u{1b}[8~",
      Array(repeating: .special(.end, byWord: false), count: 4)
    ),
    (
      "\u{1b}[3~\u{1b}[3;5~",
      [.special(.delete, byWord: false), .special(.delete, byWord: true)]
    ),
    // Keys of no use here leave nothing behind: F1, F5, Insert, Page Up, the
    // Linux console's F1, Shift-Tab.
    (
      "\u{1b}OP\u{1b}[15~\u{1b}[2~\u{1b}[5~\u{1b}[[A\u{1b}[Zx",
      [.text("x")]
    ),
    // A sequence that a control byte or text interrupts.
    ("\u{1b}[1\rx", [.enter, .text("x")]),
    ("\u{1b}[1é", [.text("é")]),
    ("\u{1b}[1\u{1b}[Dx", [.special(.left, byWord: false), .text("x")]),
    ("\u{1b}é", [.text("é")]),
    ("a\u{0}c\u{1c}d\t\r", [.text("acd"), .tab, .enter]),
    // Reports of the focus.
    ("a\u{1b}[Ib\u{1b}[O", [.text("a"), .focus(true), .text("b"), .focus(false)]),
    // Alt with Enter, and with CR LF.
    ("a\u{1b}\rb\u{1b}\r\nc", [.text("a"), .lineBreak, .text("b"), .lineBreak, .text("c")]),
    // The keypad in application mode: Enter is ESC O M alone. Modified arrows
    // as old terminals write them.
    ("\u{1b}OM\u{1b}Oj\u{1b}Ok\u{1b}Op\u{1b}Oy\u{1b}OX", [.enter, .text("*+09=")]),
    ("\u{1b}O5Dx\u{1b}O2P", [.special(.left, byWord: true), .text("x")]),
    (
      "\u{1b}[200~one\r\ntwo\u{1b}[31m\u{9b}\tx\r\u{1b}[201~y",
      [
        .paste("one\ntwo[31m\tx"), .text("y"),
      ]
    ),
    ("\u{1b}[200~\u{1b}[201~y", [.text("y")]),
    ("\u{1b}[200~a\u{1b}\u{1b}[20\u{1b}[201~", [.paste("a[20")]),
    ("\u{1b}[200~a\nb\n\u{1b}[201~\r", [.paste("a\nb"), .enter]),
    (
      "\u{1b}[\(String(repeating: "1;", count: 100))Dx",
      [.special(.left, byWord: false), .text("x")]
    ),
  ]

  @Test(arguments: cases)
  func keysAreTheSameAtEveryChunkSize(text: String, expected: [Key]) {
    let bytes = Array(text.utf8)
    var wanted: [Key] = []
    for key in expected {
      if case .text(let more) = key, case .text(let text)? = wanted.last {
        wanted[wanted.count - 1] = .text(text + more)
      } else {
        wanted.append(key)
      }
    }
    for chunk in 1...bytes.count {
      #expect(Self.keys(bytes, chunk: chunk) == wanted, "chunks of \(chunk)")
    }
  }

  /// Where the mouse is, in every form that xterm and rxvt have: none of it is
  /// text, and no byte of a place is Enter.
  @Test func reportsOfTheMouseAreNoKeys() {
    for (column, row) in [(0x21, 0x21), (0x4d, 0x0d + 0x20), (0x7f, 0x80), (0xc3, 0xa9), (0xff, 0)]
    {
      for button in [0x20, 0x23, 0x40, 0x60, 0x61] {
        let report = Array("a\u{1b}[M".utf8) + [button, column, row].map { UInt8($0) }
        let bytes = report + Array("b\u{1b}[<0;10;10M\u{1b}[<0;10;10m\u{1b}[32;10;10Mc".utf8)
        for chunk in 1...bytes.count {
          #expect(
            Self.keys(bytes, chunk: chunk) == [.text("abc")],
            "\(button) \(column) \(row), chunks of \(chunk)")
        }
      }
    }
  }

  @Test func halfAReportOfTheMouseIsForgotten() {
    var decoder = KeyDecoder()
    #expect(decoder.decode("\u{1b}[M a".utf8, at: Self.start) == [])
    // A control byte is in no report: it ended.
    var cut = decoder
    #expect(cut.decode("\rx".utf8, at: Self.start) == [.enter, .text("x")])
    var next = decoder
    let arrow = [Key.special(.left, byWord: false), .text("x")]
    #expect(next.decode("\u{1b}[Dx".utf8, at: Self.start) == arrow)
    let late = Self.start.advanced(by: .milliseconds(1000))
    #expect(decoder.decode("bc".utf8, at: late) == [.text("bc")])
  }

  static let answers = [
    // OSC: the background's colour, the clipboard; by BEL and by ST.
    "\u{1b}]11;rgb:0000/0000/0000\u{07}", "\u{1b}]52;c;aGkK\u{1b}\\",
    // OSC l, the window's title, with what a person may have put there.
    "\u{1b}]lé\r\nx\u{1b}\\",
    // DCS: XTVERSION, DECRQSS; APC: kitty's graphics; PM and SOS.
    "\u{1b}P>|XTerm(379)\u{1b}\\", "\u{1b}P1$r0m\u{1b}\\", "\u{1b}_Gi=31;OK\u{1b}\\",
    "\u{1b}^pm\u{1b}\\", "\u{1b}Xsos\r\u{03}\u{1b}\\", "\u{1b}P\u{1b}\\", "\u{1b}\u{1b}]0;a\u{07}",
    // CSI: DA, CPR, DECRPM, kitty's flags, the size of a window.
    "\u{1b}[?62;22c", "\u{1b}[>41;379;0c", "\u{1b}[12;40R", "\u{1b}[?2026;2$y", "\u{1b}[?1u",
    "\u{1b}[8;24;80t",
  ]

  @Test(arguments: answers)
  func answersOfTheTerminalAreNoKeys(answer: String) {
    let bytes = Array("a\(answer)b\r".utf8)
    for chunk in 1...bytes.count {
      #expect(Self.keys(bytes, chunk: chunk) == [.text("ab"), .enter], "chunks of \(chunk)")
    }
  }

  /// Alt and a letter by a slip of the finger, or an answer cut short: a pause
  /// ends it, and another sequence does.
  @Test func aStringWithoutItsEndIsForgotten() {
    var slip = KeyDecoder()
    #expect(slip.decode("\u{1b}]".utf8, at: Self.start) == [])
    let soon = Self.start.advanced(by: .milliseconds(100))
    #expect(slip.decode("abc".utf8, at: soon) == [.text("abc")])
    var cut = KeyDecoder()
    #expect(cut.decode("\u{1b}]0;abc".utf8, at: Self.start) == [])
    let inTime = Self.start.advanced(by: .milliseconds(999))
    #expect(cut.decode("de\r".utf8, at: inTime) == [])
    #expect(cut.decode("f\r".utf8, at: inTime.advanced(by: .seconds(1))) == [.text("f"), .enter])
    var next = KeyDecoder()
    let keys = next.decode("\u{1b}Pabc\u{1b}[Dx".utf8, at: Self.start)
    #expect(keys == [.special(.left, byWord: false), .text("x")])
    var end = KeyDecoder()
    #expect(end.decode("\u{1b}Pabc\u{1b}".utf8, at: Self.start) == [])
    #expect(end.decode("\\x".utf8, at: inTime) == [.text("x")])
  }

  @Test func aLongStringIsDropped() {
    var decoder = KeyDecoder()
    let flood = [UInt8](repeating: 0x61, count: 200_000)
    #expect(decoder.decode(Array("\u{1b}]52;c;".utf8) + flood, at: Self.start) == [])
    #expect(decoder.decode("\u{1b}\\b".utf8, at: Self.start) == [.text("b")])
  }

  /// Keys as a program that died has the terminal send them: kitty's flags, and
  /// xterm's modifyOtherKeys in both its forms.
  static let namedKeys: [(String, [Key])] = [
    ("\u{1b}[99;5u\u{1b}[27;5;99~\u{1b}[67;6u", Array(repeating: .control("c"), count: 3)),
    // Where Ctrl-C is on a Cyrillic keyboard, and with Caps Lock and Num Lock.
    ("\u{1b}[1089::99;5u\u{1b}[99;197u", [.control("c"), .control("c")]),
    ("\u{1b}[100;5u\u{1b}[122;5u\u{1b}[95;6u", [.control("d"), .control("z"), .control("_")]),
    ("\u{1b}[45;6u\u{1b}[47;5u", [.control("_"), .control("_")]),
    ("\u{1b}[104;5u\u{1b}[105;5u\u{1b}[109;5u\u{1b}[106;5u", [.backspace, .tab, .enter, .enter]),
    ("\u{1b}[99;7u\u{1b}[98;3u\u{1b}[27;3;102~", [.control("c"), .alt("b"), .alt("f")]),
    ("\u{1b}[13u\u{1b}[13;5u\u{1b}[57414u\u{1b}[27;5;13~", Array(repeating: .enter, count: 4)),
    ("\u{1b}[13;2u\u{1b}[13;3u\u{1b}[27;2;13~", Array(repeating: .lineBreak, count: 3)),
    ("\u{1b}[127u\u{1b}[127;3u\u{1b}[127;5u", [.backspace, .wordBackspace, .wordBackspace]),
    ("\u{1b}[9u\u{1b}[9;2u\u{1b}[27ux", [.tab, .text("x")]),
    ("\u{1b}[97u\u{1b}[97;2u\u{1b}[97:65;2u\u{1b}[27;2;65~\u{1b}[228u", [.text("aAAAä")]),
    // With Caps Lock, with what was typed, from a keypad; the desktop's keys and
    // those that type nothing, with none; a number that is no scalar.
    ("\u{1b}[97;65u\u{1b}[49;65u\u{1b}[0;;229u\u{1b}[97;;97:769u", [.text("A1åa\u{301}")]),
    ("\u{1b}[57400u\u{1b}[57413u\u{1b}[99;9u\u{1b}[57441u\u{1b}[55296u\u{1b}[1u", [.text("1+")]),
    (
      "\u{1b}[57417;5u\u{1b}[57426u",
      [.special(.left, byWord: true), .special(.delete, byWord: false)]
    ),
    // Pressed, held, let go.
    ("\u{1b}[97;1:1u\u{1b}[97;1:2u\u{1b}[97;1:3u", [.text("aa")]),
    ("\u{1b}[1;5:1D\u{1b}[1;5:3D\u{1b}[3;1:3~", [.special(.left, byWord: true)]),
  ]

  @Test(arguments: namedKeys)
  func keysThatAreNamedAreThoseThatTheyAre(text: String, expected: [Key]) {
    let bytes = Array(text.utf8)
    for chunk in 1...bytes.count {
      #expect(Self.keys(bytes, chunk: chunk) == expected, "chunks of \(chunk)")
    }
  }

  /// RFC 3629: what is no UTF-8 becomes U+FFFD, wherever a read ended.
  @Test(
    arguments: [
      ([0xff, 0xfe, 0x61], "\u{fffd}\u{fffd}a"),
      ([0xc3, 0x28], "\u{fffd}("),
      ([0xc3, 0xc3, 0xa9], "\u{fffd}é"),
      ([0xe2, 0x82, 0x61], "\u{fffd}a"),
      ([0xed, 0xa0, 0x80, 0x61], "\u{fffd}\u{fffd}\u{fffd}a"),
      ([0xf0, 0x80, 0x80, 0x61], "\u{fffd}\u{fffd}\u{fffd}a"),
      // C1 controls are UTF-8, but nothing to type.
      ([0x61, 0xc2, 0x9b, 0x62], "ab"),
    ] as [([UInt8], String)])
  func invalidBytesAreRepaired(bytes: [UInt8], text: String) {
    for chunk in 1...bytes.count {
      #expect(Self.keys(bytes, chunk: chunk) == [.text(text)], "chunks of \(chunk)")
    }
  }

  @Test func aPartialScalarEndsAtTheNextKey() {
    var decoder = KeyDecoder()
    #expect(decoder.decode([0xf0, 0x9f, 0x91], at: Self.start) == [])
    #expect(decoder.decode([0x0d], at: Self.start) == [.text("\u{fffd}"), .enter])
  }

  @Test func aLoneEscapeIsForgotten() {
    var decoder = KeyDecoder()
    #expect(decoder.decode("abc\u{1b}".utf8, at: Self.start) == [.text("abc")])
    #expect(decoder.deadline == nil)
    let soon = Self.start.advanced(by: .milliseconds(99))
    var early = decoder
    #expect(early.decode("d".utf8, at: soon) == [.alt("d")])
    let late = Self.start.advanced(by: .milliseconds(100))
    #expect(decoder.decode("def".utf8, at: late) == [.text("def")])
  }

  @Test func aHalfSequenceIsForgotten() {
    var decoder = KeyDecoder()
    #expect(decoder.decode("\u{1b}[1;".utf8, at: Self.start) == [])
    var early = decoder
    let soon = Self.start.advanced(by: .milliseconds(999))
    #expect(early.decode("5D".utf8, at: soon) == [.special(.left, byWord: true)])
    let late = Self.start.advanced(by: .milliseconds(1000))
    #expect(decoder.decode("5D".utf8, at: late) == [.text("5D")])
  }

  @Test func aPasteWithoutItsEndIsEndedByTime() {
    var decoder = KeyDecoder()
    #expect(decoder.decode("\u{1b}[200~one\rtwo".utf8, at: Self.start) == [])
    #expect(decoder.deadline == Instant(milliseconds: 1000))
    let later = Instant(milliseconds: 600)
    #expect(decoder.decode(" more".utf8, at: later) == [])
    #expect(decoder.deadline == Instant(milliseconds: 1600))
    #expect(decoder.tick(at: Instant(milliseconds: 1599)) == [])
    #expect(decoder.tick(at: Instant(milliseconds: 1600)) == [.paste("one\ntwo more")])
    #expect(decoder.deadline == nil)
    #expect(decoder.decode("x\r".utf8, at: Instant(milliseconds: 1700)) == [.text("x"), .enter])
  }

  /// The program was held up in the middle of a paste: no line of it is sent.
  @Test func aPasteThatWaitedToBeReadIsOne() {
    var decoder = KeyDecoder()
    #expect(decoder.decode("\u{1b}[200~one\r".utf8, at: Self.start) == [])
    let late = Instant(milliseconds: 5000)
    #expect(decoder.decode("two\r".utf8, at: late) == [])
    #expect(decoder.tick(at: late) == [])
    #expect(decoder.decode("three\u{1b}[201~".utf8, at: late) == [.paste("one\ntwo\nthree")])
  }

  @Test func aPasteIsBounded() {
    var decoder = KeyDecoder()
    let flood = [UInt8](repeating: 0x61, count: 200_000)
    #expect(decoder.decode(Array("\u{1b}[200~".utf8) + flood, at: Self.start) == [])
    let keys = decoder.decode("\u{1b}[201~b".utf8, at: Self.start)
    #expect(keys == [.paste(String(repeating: "a", count: 64 * 1024)), .text("b")])
  }

  /// A paste that came without brackets; by itself it is the key.
  @Test func aTabBetweenTextOfOneReadIsText() {
    var decoder = KeyDecoder()
    #expect(
      decoder.decode("a\tb\t\tc\r\td".utf8, at: Self.start)
        == [.text("a\tb\t\tc"), .enter, .text("\td")])
    #expect(decoder.decode("\té\t".utf8, at: Self.start) == [.text("\té"), .tab])
    #expect(decoder.decode("\t\r".utf8, at: Self.start) == [.tab, .enter])
    #expect(decoder.decode("\t\t".utf8, at: Self.start) == [.tab, .tab])
    #expect(decoder.decode("x".utf8, at: Self.start) == [.text("x")])
  }

  @Test func aBurstIsOneEdit() {
    let burst = String(repeating: "é👨‍👩‍👧x", count: 1200)
    var decoder = KeyDecoder()
    #expect(decoder.decode(burst.utf8, at: Self.start) == [.text(burst)])
  }
}

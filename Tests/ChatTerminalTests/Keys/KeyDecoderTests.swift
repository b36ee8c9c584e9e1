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
    // Linux console's F1, a focus report, a mouse report, Shift-Tab.
    (
      "\u{1b}OP\u{1b}[15~\u{1b}[2~\u{1b}[5~\u{1b}[[A\u{1b}[I\u{1b}[<0;10;10M\u{1b}[Zx",
      [.text("x")]
    ),
    // A sequence that a control byte or text interrupts.
    ("\u{1b}[1\rx", [.enter, .text("x")]),
    ("\u{1b}[1é", [.text("é")]),
    ("\u{1b}[1\u{1b}[Dx", [.special(.left, byWord: false), .text("x")]),
    ("\u{1b}é", [.text("é")]),
    ("a\tb\u{0}c\u{1c}d", [.text("abcd")]),
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

  @Test func aBurstIsOneEdit() {
    let burst = String(repeating: "é👨‍👩‍👧x", count: 1200)
    var decoder = KeyDecoder()
    #expect(decoder.decode(burst.utf8, at: Self.start) == [.text(burst)])
  }
}

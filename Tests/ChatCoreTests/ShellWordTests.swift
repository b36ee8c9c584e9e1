import ChatCore
import Testing

@Suite struct ShellWordTests {
  @Test(arguments: [
    ("/home/amy/chat.db", "/home/amy/chat.db"),
    ("servers/[localhost]:5200", "'servers/[localhost]:5200'"),
    ("two words", "'two words'"), ("it's", "'it'\\''s'"), ("$HOME", "'$HOME'"), ("`id`", "'`id`'"),
    ("~amy", "'~amy'"), ("a;b", "'a;b'"), ("-rf", "'-rf'"), ("", "''"), ("a=b", "'a=b'"),
  ])
  func whatAShellWouldReadOtherwiseIsQuoted(text: String, word: String) {
    #expect("\(ShellWord(text))" == word)
  }

  /// Each character in the middle of a word is plain or within the quotes.
  @Test func everyCharacterOfASCIIIsPlainOrQuoted() {
    for byte in UInt8(0x21)..<0x7f where byte != UInt8(ascii: "'") {
      let text = "a" + String(Unicode.Scalar(byte)) + "b"
      let isPlain = "\(ShellWord(text))" == text
      #expect(isPlain || "\(ShellWord(text))" == "'\(text)'")
      if isPlain { #expect(!"!\"#$&()*;<=>?[\\]^`{|}~".utf8.contains(byte), "\(text)") }
    }
  }
}

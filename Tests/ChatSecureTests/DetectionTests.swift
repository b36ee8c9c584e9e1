import ChatCore
import Testing

@testable import ChatSecure

private func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

@Suite struct ArrivalRuleTests {
  @Test(arguments: UInt8.min...UInt8.max, [true, false])
  func everyFirstByte(_ byte: UInt8, _ requires: Bool) {
    var rule = ArrivalRule(requiresEncryption: requires, at: at(0))
    let clear: ArrivalRule.Action = requires ? .refuse : .speakClear
    let expected: [ArrivalRule.Action] =
      switch byte {
      case 0x16: [.speakSecure]
      case 0x15: [.close]
      default: [.greet, clear]
      }
    #expect(rule.handle(.byte(byte)) == expected)
    #expect(rule.isDecided)
    #expect(rule.handle(.byte(0x16)) == [], "once")
    #expect(rule.deadline == nil)

    var late = ArrivalRule(requiresEncryption: requires, at: at(0))
    #expect(late.handle(.time(at(100))) == [.greet])
    #expect(late.handle(.byte(byte)) == [byte == 0x16 ? .speakSecure : clear])
    #expect(late.isDecided)
  }

  @Test func whoIsSilentIsGreeted() {
    var rule = ArrivalRule(requiresEncryption: false, at: at(5))
    #expect(rule.deadline == at(105))
    #expect(rule.handle(.time(at(104))) == [])
    #expect(rule.handle(.time(at(105))) == [.greet])
    #expect(rule.deadline == nil)
    #expect(rule.handle(.time(at(1_000_000))) == [])
    #expect(!rule.isDecided)
    #expect(rule.handle(.endOfFile) == [.speakClear])
  }

  @Test func whoIsSilentIsRefusedWhereEncryptionIsRequired() {
    var rule = ArrivalRule(requiresEncryption: true, at: at(0))
    #expect(rule.handle(.time(at(150))) == [.greet])
    #expect(rule.deadline == at(10_150))
    #expect(rule.handle(.time(at(10_149))) == [])
    #expect(rule.handle(.time(at(10_150))) == [.refuse])
    #expect(rule.isDecided)
    var gone = ArrivalRule(requiresEncryption: true, at: at(0))
    #expect(gone.handle(.endOfFile) == [.greet, .refuse])
  }
}

@Suite struct FirstContactTests {
  private static let cases: [(String, FirstContact.Verdict)] = [
    ("SERVER\0", .offerSecure), ("\u{e9}\0", .offerSecure),
    ("\0", .speakClear([0])), ("SERVER\0x", .speakClear(Array("SERVER\0x".utf8))),
    ("SERVER\0\0", .speakClear(Array("SERVER\0\0".utf8))),
    ("two words\n\0", .speakClear(Array("two words\n\0".utf8))),
    ("elevenchars\0", .speakClear(Array("elevenchars\0".utf8))),
  ]

  @Test(arguments: cases)
  func exactlyAHandleAndOneNUL(_ text: String, _ verdict: FirstContact.Verdict) {
    var contact = FirstContact(at: at(0))
    #expect(contact.receive(Array(text.utf8), at: at(1)) == verdict)
    #expect(contact.receive([1], at: at(2)) == nil, "once")
    #expect(contact.deadline == nil)
  }

  @Test func byteByByte() {
    var contact = FirstContact(at: at(0))
    for byte in "SERVER".utf8 { #expect(contact.receive([byte], at: at(1)) == nil) }
    #expect(contact.receive([0], at: at(1)) == .offerSecure)
  }

  @Test func quietAndSilenceAreClear() {
    var original = FirstContact(at: at(0))
    #expect(original.deadline == at(2000))
    #expect(original.receive(Array("SERVER".utf8), at: at(10)) == nil)
    #expect(original.deadline == at(310))
    #expect(original.tick(at: at(309)) == nil)
    #expect(original.tick(at: at(310)) == .speakClear(Array("SERVER".utf8)))
    var silent = FirstContact(at: at(0))
    #expect(silent.tick(at: at(1999)) == nil)
    #expect(silent.tick(at: at(2000)) == .speakClear([]))
    var ended = FirstContact(at: at(0))
    #expect(ended.end() == .speakClear([]))
    #expect(ended.end() == nil)
    var long = FirstContact(at: at(0))
    let noise = [UInt8](repeating: 0x61, count: 66)
    #expect(long.receive(noise, at: at(0)) == .speakClear(noise))
  }
}

@Suite struct PrefaceTests {
  /// Whole and byte by byte.
  private func judge(_ bytes: [UInt8], ended: Bool = false) -> Preface.Verdict {
    var whole = Preface()
    var verdict = whole.receive(bytes)
    if verdict == .wait, ended { verdict = whole.endOfFile() }
    var single = Preface()
    var one = Preface.Verdict.wait
    var after: [UInt8] = []
    for byte in bytes {
      switch single.receive([byte]) {
      case .secure(let bytes): after += bytes
      case let new: one = new
      }
      if one == .clear { break }
    }
    if one == .wait, after.isEmpty, ended { one = single.endOfFile() }
    #expect(verdict == (after.isEmpty ? one : .secure(after)))
    return verdict
  }

  @Test func tlsComesAtOnceOrAfterOneGreeting() {
    for first: UInt8 in [0x16, 0x15] {
      let record: [UInt8] = [first, 3, 3, 0, 1, 0]
      #expect(judge(record) == .secure(record))
      #expect(judge(Array("SERVER\0".utf8) + record) == .secure(record))
      #expect(judge([UInt8](repeating: 0x61, count: 64) + [0] + record) == .secure(record))
      #expect(judge([UInt8](repeating: 0x61, count: 65) + [0] + record) == .clear)
      #expect(judge(Array("SERVER\0SERVER\0".utf8) + record) == .clear)
      #expect(judge(Array("SERVER\n".utf8) + record) == .clear)
    }
  }

  @Test func anythingElseIsNobodysWord() {
    #expect(judge(Array("SERVER\0mode turns\0".utf8)) == .clear)
    #expect(judge(Array("SERVER\0".utf8)) == .wait)
    #expect(judge(Array("SERVER\0".utf8), ended: true) == .clear)
    #expect(judge([], ended: true) == .clear)
    #expect(judge(Array("Busy.".utf8), ended: true) == .clear)
    #expect(judge(Array("\n".utf8), ended: true) == .clear)
    #expect(judge(Array("Busy.\n".utf8), ended: true) == .refusal(Array("Busy.".utf8)))
    #expect(judge(Array("Busy.\nMore.\n".utf8), ended: true) == .clear)
    #expect(judge([UInt8](repeating: 0x61, count: 1025), ended: true) == .clear)
  }
}

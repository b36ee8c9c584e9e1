import ChatDigest
import ChatPosix
import ChatSecure
import Testing

@testable import ChatServer

/// How a command waits for its signer, which may be stopped.
@Suite struct SealWayTests {
  private let pair: SocketPair
  private let way: SealWay
  private let key: PrivateKey

  init() throws {
    pair = try SocketPair.open()
    way = SealWay(pair.one)
    key = try .random()
  }

  private func statement(_ byte: UInt8) -> [UInt8] {
    SealStatement.name + [UInt8](repeating: byte, count: 32)
  }

  /// Lets the answer lie ready.
  private func answer(_ request: [UInt8]) throws {
    let answer = SealAnswer(request: request, signature: try key.sign(request))
    #expect(try pair.other.send(answer.bytes) == .sent)
  }

  private func ask(_ statement: [UInt8]) -> Bool {
    guard let signature = way.signature(of: statement, within: .milliseconds(100)) else {
      return false
    }
    return key.publicKey.hasSigned(statement, signature)
  }

  @Test func anAnswerToAnotherQuestionIsPassedOver() throws {
    for byte: UInt8 in [1, 2, 3] { try answer(statement(byte)) }
    #expect(ask(statement(3)))
    try answer(statement(4))
    #expect(ask(statement(4)))
  }

  @Test func whoDidNotAnswerInTimeIsNotWaitedForAgain() throws {
    #expect(!ask(statement(1)))
    try answer(statement(2))
    #expect(!ask(statement(2)))
  }

  @Test func whatIsNoAnswerIsNone() throws {
    #expect(try pair.other.send([1, 2, 3]) == .sent)
    #expect(!ask(statement(1)))
  }

  @Test func aSignerThatHasGoneSignsNothing() {
    pair.other.close()
    #expect(!ask(statement(1)))
  }
}

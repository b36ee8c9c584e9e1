import ChatCore
import ChatDigest
import ChatPosix
import ChatSecure
import Testing

@testable import ChatServer

/// The process with the key, and the listener's end of it.
@Suite struct SignerTests {
  private let pair: SocketPair
  private let key: PrivateKey
  private var signer: Signer

  init() throws {
    pair = try SocketPair.open()
    key = try .random()
    signer = Signer(socket: pair.other, key: key)
  }

  /// What a TLS 1.3 server signs (RFC 8446, 4.4.3).
  private let request =
    [UInt8](repeating: 0x20, count: 64) + Array("TLS 1.3, server CertificateVerify\0".utf8)
    + [UInt8](repeating: 7, count: 32)

  /// A conversation's end of a socket that the signer was handed.
  private mutating func conversation() throws -> MessageSocket {
    let ends = try SocketPair.open()
    #expect(
      try pair.one.send(SignerOrder.serve.bytes, passing: [ends.one.descriptor]) == .sent)
    ends.one.close()
    signer.turn()
    return ends.other
  }

  @Test mutating func aConversationHasOneSignature() throws {
    let conversation = try conversation()
    #expect(try conversation.send(request) == .sent)
    #expect(try conversation.send(request) == .sent)
    signer.turn()
    #expect(try conversation.receive() == .message(key.sign(request)))
    #expect(try conversation.receive() == .endOfFile)
    #expect(try conversation.send(request) == .closed)
    #expect(signer.waiting.isEmpty)
  }

  @Test mutating func nothingElseIsSigned() throws {
    let others: [[UInt8]] = [
      [0], Array(request.dropLast()), request + [0], Array(request.dropFirst()),
      [UInt8](repeating: 0x20, count: 64) + Array("TLS 1.3, client CertificateVerify\0".utf8)
        + [UInt8](repeating: 7, count: 32),
      [UInt8](repeating: 0x20, count: 4000),
    ]
    for other in others {
      let conversation = try conversation()
      #expect(try conversation.send(other) == .sent)
      signer.turn()
      #expect(try conversation.receive() == .endOfFile)
      #expect(try conversation.send(request) == .closed, "there is no second question")
    }
    #expect(signer.waiting.isEmpty && !signer.isOver)
  }

  // MARK: Seals

  private let sealRequest = SealStatement.name + [UInt8](repeating: 9, count: 32)

  /// The keeper's end of a socket that the signer was handed.
  private mutating func keeper() throws -> MessageSocket {
    let ends = try SocketPair.open()
    #expect(try pair.one.send(SignerOrder.seal.bytes, passing: [ends.one.descriptor]) == .sent)
    ends.one.close()
    signer.turn()
    return ends.other
  }

  @Test mutating func theKeeperHasAnyNumberOfSeals() throws {
    let keeper = try keeper()
    for number in 0..<5 as Range<UInt8> {
      let request = SealStatement.name + [UInt8](repeating: number, count: 32)
      #expect(try keeper.send(request) == .sent)
      signer.turn()
      guard case .message(let bytes) = try keeper.receive() else {
        Issue.record("no answer")
        return
      }
      let answer = try SealAnswer(bytes: bytes)
      #expect(answer.request == request)
      #expect(key.publicKey.hasSigned(request, answer.signature))
    }
  }

  /// Whoever took a conversation's process over has what it has.
  @Test mutating func aConversationGetsNoSealSigned() throws {
    let conversation = try conversation()
    #expect(try conversation.send(sealRequest) == .sent)
    signer.turn()
    #expect(try conversation.receive() == .endOfFile)
  }

  @Test mutating func theKeeperGetsNoHandshakeSigned() throws {
    let others: [[UInt8]] = [
      request, [0], sealRequest + [0], Array(sealRequest.dropLast()),
      [UInt8](repeating: 0x20, count: 4000),
    ]
    for other in others {
      let keeper = try keeper()
      #expect(try keeper.send(other) == .sent)
      #expect(try keeper.send(sealRequest) == .sent)
      signer.turn()
      #expect(try keeper.receive() == .endOfFile)
      #expect(try keeper.send(sealRequest) == .closed)
    }
    let keeper = try keeper()
    #expect(try keeper.send(sealRequest) == .sent)
    signer.turn()
    #expect(try keeper.receive() == .message(key.sign(sealRequest) + sealRequest))
    // The next keeper has another way; this one's is over.
    _ = try self.keeper()
    #expect(try keeper.send(sealRequest) == .closed)
    #expect(!signer.isOver)
  }

  @Test func anAnswerToTheKeeperIsReadAsItIsWritten() throws {
    let answer = SealAnswer(request: sealRequest, signature: [UInt8](repeating: 3, count: 64))
    #expect(try SealAnswer(bytes: answer.bytes) == answer)
    for length in 0..<answer.bytes.count {
      #expect(throws: ControlError.self) { try SealAnswer(bytes: Array(answer.bytes[..<length])) }
    }
    #expect(throws: ControlError.self) { try SealAnswer(bytes: answer.bytes + [0]) }
  }

  @Test mutating func whoHasNoQuestionIsForgottenAndTheRightEnds() throws {
    let now = Instant(milliseconds: Clock.monotonicMilliseconds())
    let (one, other) = (try conversation(), try conversation())
    #expect(signer.waiting.count == 2)
    #expect(signer.waiting.allSatisfy { $0.until.duration(since: now) <= .seconds(12) })
    #expect(signer.waiting.allSatisfy { $0.until.duration(since: now) >= .seconds(10) })
    one.close()
    signer.turn()
    #expect(signer.waiting.count == 1)
    #expect(try other.send(request) == .sent)
    signer.turn()
    #expect(try other.receive() == .message(key.sign(request)))
  }

  @Test mutating func aListenerThatIsNotWhatItWasEndsIt() throws {
    for bad in [[0x60], [SignerOrder.serve.rawValue, 0], [0x41]] as [[UInt8]] {
      let pair = try SocketPair.open()
      var signer = Signer(socket: pair.other, key: key)
      #expect(try pair.one.send(bad) == .sent)
      signer.turn()
      #expect(signer.isOver)
    }
    pair.one.close()
    signer.turn()
    #expect(signer.isOver)
  }

  @Test mutating func itSaysThatItIsThere() throws {
    #expect(try pair.one.send(SignerOrder.answer.bytes) == .sent)
    signer.turn()
    #expect(try pair.one.receive() == .message(SignerAnswer.alive.bytes))
  }

  // MARK: The line

  @Test mutating func theLineAsksOnce() throws {
    let line = SignerLine(try conversation())
    // Asked from one thread, the answer has to be there before.
    let ends = try SocketPair.open()
    let signature = try key.sign(request)
    #expect(try ends.other.send(signature) == .sent)
    let other = SignerLine(ends.one)
    #expect(other.sign(request) == signature)
    #expect(other.sign(request) == [])
    line.close()
    #expect(line.sign(request) == [])
    let short = try SocketPair.open()
    #expect(try short.other.send([1]) == .sent)
    #expect(SignerLine(short.one).sign(request) == [])
    let dead = try SocketPair.open()
    dead.other.close()
    #expect(SignerLine(dead.one).sign(request) == [])
  }

  // MARK: The listener's end

  /// No process has this number.
  private static let nobody = Int32.max

  private func link() throws -> (SignerLink, MessageSocket) {
    let pair = try SocketPair.open()
    let link = SignerLink(KeyFile(path: "/nowhere"))
    link.attach(Self.nobody, pair.one)
    return (link, pair.other)
  }

  @Test func theRunKeepsItsKey() throws {
    let (link, signer) = try link()
    #expect(link.handOver() == nil)
    _ = try signer.send(SignerAnswer.running(key.certificate()).bytes)
    #expect(link.read() == .ready)
    #expect(link.certificate?.publicKey == key.publicKey)
    #expect(link.handOver() != nil)
    #expect(link.takeBack() == nil)
    #expect(link.handOver() == nil)

    let again = try SocketPair.open()
    link.attach(Self.nobody, again.one)
    _ = try again.other.send(SignerAnswer.running(key.certificate()).bytes)
    #expect(link.read() == .ready)
    _ = link.takeBack()

    let other = try SocketPair.open()
    link.attach(Self.nobody, other.one)
    _ = try other.other.send(SignerAnswer.running(PrivateKey.random().certificate()).bytes)
    #expect(link.read() == .failed(KeyTrouble(.changed)))
    #expect(!link.isReady && link.handOver() == nil)
    #expect(link.certificate?.publicKey == key.publicKey)
  }

  /// Where nothing is kept there is no other key to be had, and none that is remembered.
  @Test func aKeyThatWasKeptNowhereIsReplaced() throws {
    let (link, signer) = try link()
    _ = try signer.send(SignerAnswer.running(key.certificate(isTemporary: true)).bytes)
    #expect(link.read() == .ready)
    _ = link.takeBack()
    let next = try PrivateKey.random()
    let again = try SocketPair.open()
    link.attach(Self.nobody, again.one)
    _ = try again.other.send(SignerAnswer.running(next.certificate(isTemporary: true)).bytes)
    #expect(link.read() == .ready)
    #expect(link.certificate?.publicKey == next.publicKey && link.handOver() != nil)
    _ = link.takeBack()

    let lasting = try SocketPair.open()
    link.attach(Self.nobody, lasting.one)
    _ = try lasting.other.send(SignerAnswer.running(next.certificate()).bytes)
    #expect(link.read() == .failed(KeyTrouble(.changed)))
  }

  @Test(arguments: [[0x71], [0x73], [0x60], [0x72, 1]] as [[UInt8]])
  func answersThatAreNotDueOrUnreadableEndIt(_ bytes: [UInt8]) throws {
    let (link, signer) = try link()
    _ = try signer.send(bytes)
    #expect(link.read() == .misbehaved)
    #expect(link.interest == nil)
  }

  @Test func aSecondFirstAnswerIsNotDue() throws {
    let (link, signer) = try link()
    for _ in 0..<2 { _ = try signer.send(SignerAnswer.running(key.certificate()).bytes) }
    #expect(link.read() == .ready)
    #expect(link.read() == .misbehaved)
  }

  @Test func messagesAreReadAsTheyAreWritten() throws {
    let answers: [SignerAnswer] =
      [.running(try key.certificate()), .running(try key.certificate(isTemporary: true)), .alive]
      + KeyTrouble.Kind.allCases.map { .failed(KeyTrouble($0, errno: 13)) }
    for answer in answers {
      #expect(try SignerAnswer(bytes: answer.bytes) == answer)
      #expect(throws: ControlError.self) { try SignerAnswer(bytes: answer.bytes + [0]) }
      for length in 0..<answer.bytes.count {
        #expect(throws: ControlError.self) {
          try SignerAnswer(bytes: Array(answer.bytes[..<length]))
        }
      }
    }
    for order in SignerOrder.allCases { #expect(try SignerOrder(bytes: order.bytes) == order) }
  }
}

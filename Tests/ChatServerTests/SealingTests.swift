import ChatCore
import ChatPosix
import ChatSecure
import Foundation
import Testing
import Transcript

@testable import ChatServer

/// When the keeper seals, and that it never waits for the signer.
@Suite final class SealingTests {
  private let directory = NSTemporaryDirectory() + "sealing-" + UUID().uuidString
  private let writer: TranscriptWriter
  private let run: Int64
  private let pair: SocketPair
  private let key: PrivateKey
  private var sealing: Sealing

  init() throws {
    pair = try SocketPair.open()
    key = try .random()
    writer = try TranscriptWriter(path: directory + "/t.db", busyTimeout: .milliseconds(50))
    run = try writer.startRun(
      RunDescription(pid: 1, bootID: "b", version: "1", port: 1027, handle: try Handle("SERVER")),
      at: .ms(1))
    sealing = Sealing(pair.one)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  private func talk(_ number: Int64) throws {
    let talk = ConversationWriter(
      writer, run: run, peerAddress: "::1", peerPort: 1, mode: .free)
    try talk.append([
      (.open, .ms(number)), (.close(by: .client, .quit, detail: nil, undelivered: 0), .ms(number)),
    ])
  }

  /// Whether it has waited for the lock.
  @discardableResult
  private func step(at now: Int64) throws -> Bool {
    try sealing.step(in: writer, at: now, time: .ms(now))
  }

  /// What the signer is asked for, oldest first.
  private func requests() throws -> [[UInt8]] {
    var requests: [[UInt8]] = []
    while case .message(let request) = try pair.other.receive() { requests.append(request) }
    return requests
  }

  private func sign(_ request: [UInt8]) throws {
    let answer = SealAnswer(request: request, signature: try key.sign(request))
    #expect(try pair.other.send(answer.bytes) == .sent)
  }

  private func seals() throws -> Int64? {
    try writer.connection.integer("SELECT count(*) FROM seal")
  }

  @Test func nothingIsSealedBeforeTheSignerIsThere() throws {
    try talk(1)
    sealing.noteClose(at: 0)
    #expect(sealing.wait(at: 0) == nil)
    try step(at: 1_000_000)
    #expect(try requests().isEmpty)
    sealing.begin(as: key.publicKey, at: 0)
    #expect(sealing.wait(at: 0) == 0)
  }

  @Test func whatAnEarlierRunLeftIsSealedAtTheStart() throws {
    try talk(1)
    sealing.begin(as: key.publicKey, at: 0)
    try step(at: 0)
    let asked = try requests()
    #expect(asked.count == 1 && asked.allSatisfy { SignedForm.of($0) == .seal })
    #expect(sealing.interest?.descriptor == pair.one.descriptor)
    // Without an answer it goes on with other things.
    #expect(try !step(at: 10))
    #expect(try seals() == 0)
    try sign(try #require(asked.first))
    #expect(try step(at: 20))
    #expect(try seals() == 1 && sealing.interest == nil)
    // Nothing changed: ten minutes later there is nothing to sign.
    #expect(sealing.wait(at: 20) ?? 0 > 599_000)
    try step(at: 600_000)
    #expect(try requests().isEmpty)
    try talk(2)
    try step(at: 1_200_000)
    #expect(try requests().count == 1)
  }

  @Test func aCloseIsSealedSoonAndNotMoreThanOneASecond() throws {
    sealing.begin(as: key.publicKey, at: 0)
    try step(at: 0)
    #expect(try requests().isEmpty)
    try talk(1)
    sealing.noteClose(at: 5_000)
    #expect(sealing.wait(at: 5_000) == 250)
    try step(at: 5_250)
    try sign(try #require(try requests().first))
    try step(at: 5_260)
    #expect(try seals() == 1)
    try talk(2)
    sealing.noteClose(at: 5_300)
    #expect(sealing.wait(at: 5_300) == 960)
    sealing.noteClose(at: 5_900)
    #expect(sealing.wait(at: 5_900) == 360)
  }

  @Test func aSignerThatDoesNotAnswerIsAskedAgain() throws {
    try talk(1)
    sealing.begin(as: key.publicKey, at: 0)
    try step(at: 0)
    let first = try #require(try requests().first)
    try step(at: 4_999)
    #expect(try requests().isEmpty)
    try step(at: 5_000)
    #expect(sealing.wait(at: 5_000) == 60_000)
    try step(at: 65_000)
    let second = try #require(try requests().first)
    #expect(first != second)
    // It wakes up: the answer to the first question is none to the second.
    try sign(first)
    try step(at: 65_010)
    #expect(try seals() == 0)
    try sign(second)
    try step(at: 65_020)
    #expect(try seals() == 1)
    // Another signer, of the same run, is asked at once.
    try talk(2)
    sealing.begin(as: key.publicKey, at: 65_030)
    #expect(sealing.wait(at: 65_030) == 0)
  }

  @Test func whatAnotherServerSealedIsNotSealedAgain() throws {
    try talk(1)
    sealing.begin(as: key.publicKey, at: 0)
    try step(at: 0)
    let asked = try #require(try requests().first)
    let other = try #require(
      try SealDraft.make(writer.connection, at: .ms(7), key: key.publicKey.bytes))
    #expect(try writer.record(other, signature: key.sign(other.statement)))
    try sign(asked)
    try step(at: 10)
    #expect(try seals() == 1)
    try step(at: 20)
    #expect(try requests().isEmpty)
  }

  @Test func theStopIsSealed() throws {
    try talk(1)
    sealing.begin(as: key.publicKey, at: 0)
    try writer.stopRun(run, at: .ms(77))
    let signer = try SignerThread(pair.other, key)
    try sealing.finish(in: writer, stopOf: run, at: .ms(77))
    signer.end()
    let newest = try #require(try writer.connection.newestSeal())
    #expect(newest.run == run && newest.stoppedAt == .ms(77) && newest.lastEvent == 2)
  }

  @Test func theStopWaitsForNoOtherWriterLong() throws {
    try talk(1)
    sealing.begin(as: key.publicKey, at: 0)
    let signer = try SignerThread(pair.other, key)
    defer { signer.end() }
    try writer.connection.execute("BEGIN IMMEDIATE")
    let patient = try TranscriptWriter(path: writer.path)
    let began = Clock.monotonicMilliseconds()
    #expect(throws: TranscriptError.self) {
      try self.sealing.finish(in: patient, stopOf: self.run, at: .ms(77))
    }
    let took = Clock.monotonicMilliseconds() - began
    #expect(took < 3_000, "\(took) ms")
    try writer.connection.execute("ROLLBACK")
  }

  @Test func theStopWaitsForNobodyLong() throws {
    try talk(1)
    sealing.begin(as: key.publicKey, at: 0)
    let began = Clock.monotonicMilliseconds()
    try sealing.finish(in: writer, stopOf: run, at: .ms(77))
    let took = Clock.monotonicMilliseconds() - began
    #expect(took >= 490 && took < 3_000, "\(took) ms")
    #expect(try seals() == 0)
  }
}

/// Signs what comes on a socket, in a thread of its own.
private final class SignerThread {
  private let thread: Thread

  init(_ socket: MessageSocket, _ key: PrivateKey) throws {
    thread = Thread {
      var poller = Poller(ignoringSignals: true)
      while !Thread.current.isCancelled {
        _ = try? poller.poll([Interest(socket.descriptor)], timeoutMilliseconds: 20)
        guard case .message(let request)? = try? socket.receive(),
          let signature = try? key.sign(request)
        else { continue }
        _ = try? socket.send(SealAnswer(request: request, signature: signature).bytes)
      }
    }
    thread.start()
  }

  func end() { thread.cancel() }
}

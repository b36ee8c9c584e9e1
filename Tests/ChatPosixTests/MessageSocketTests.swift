import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  @Suite struct MessageSocketTests {
    let pair: SocketPair

    init() throws { pair = try SocketPair.open() }

    @Test func messagesKeepTheirBounds() throws {
      #expect(try pair.one.send([1, 2]) == .sent)
      #expect(try pair.one.send([3]) == .sent)
      #expect(try pair.other.receive() == .message([1, 2]))
      #expect(try pair.other.receive() == .message([3]))
      #expect(try pair.other.receive() == .wouldBlock)
      pair.one.close()
      pair.other.close()
    }

    @Test func theEndOfTheOtherProcessIsSeen() throws {
      let child = try startChild {
        pair.one.close()
        return try pair.other.send(Array("ready".utf8)) == .sent
      }
      pair.other.close()
      _ = try ready(pair.one.descriptor)
      #expect(try pair.one.receive() == .message(Array("ready".utf8)))
      #expect(try ready(pair.one.descriptor).hungUp)
      #expect(try pair.one.receive() == .endOfFile)
      #expect(try pair.one.send([1]) == .closed)
      #expect(try ChildProcess.wait(for: child) == .exited(0))
      pair.one.close()
    }

    @Test func anEndThatWentWithMessagesUnreadIsEndOfFile() throws {
      #expect(try pair.one.send([1]) == .sent)
      pair.other.close()
      _ = try ready(pair.one.descriptor)
      #expect(try pair.one.receive() == .endOfFile)
      pair.one.close()
    }

    /// recv(2) gives ECONNRESET first and then what was sent before.
    @Test func whatWasSentBeforeAnEndWithMessagesUnreadIsReceived() throws {
      #expect(try pair.other.send([1]) == .sent)
      #expect(try pair.other.send([2]) == .sent)
      #expect(try pair.one.send([3]) == .sent)
      pair.other.close()
      _ = try ready(pair.one.descriptor)
      #expect(try pair.one.receive() == .message([1]))
      #expect(try pair.one.receive() == .message([2]))
      #expect(try pair.one.receive() == .endOfFile)
      pair.one.close()
    }

    @Test func aMessageThatIsTooLongIsAValueAndGone() throws {
      #expect(try pair.one.send([1, 2, 3]) == .sent)
      #expect(try pair.one.send([4]) == .sent)
      #expect(try pair.other.receive(maximumLength: 2) == .tooLong)
      #expect(try pair.other.receive(maximumLength: 2) == .message([4]))
      pair.one.close()
      pair.other.close()
    }

    @Test func aFullLineIsAValue() throws {
      let message = [UInt8](repeating: 7, count: 4096)
      var sent = 0
      while try pair.one.send(message) == .sent {
        sent += 1
        try #require(sent < 1 << 16)
      }
      #expect(sent > 0)
      pair.one.close()
      pair.other.close()
    }
  }
}

import ChatCore
import ChatPosix
import Seeded
import Testing

@testable import ChatClient

/// What chatclient and its dialer say to each other.
@Suite struct DialerMessageTests {
  private static let orders: [DialOrder] = [
    .connect(within: .seconds(10)), .connect(within: .zero), .connect(within: .seconds(3600)),
    .dial, .hurry, .rest,
  ]

  private static func answers() throws -> [DialAnswer] {
    let addresses = try ["127.0.0.1", "::1", "255.255.255.255"].flatMap {
      try Resolver.resolve($0, port: 1027)
    }
    let error = SystemCallError(call: "connect", errno: .connectionRefused)
    return addresses.map { .connected($0) } + addresses.map { .unreachable($0, error) }
      + [
        .timedOut, .failed(SystemCallError(call: "", errno: Errno(rawValue: 24))),
        .unknownHost(ResolveError(code: -2, errno: Errno(rawValue: 0))),
      ]
  }

  @Test func everyMessageComesBack() throws {
    for order in Self.orders {
      #expect(DialOrder(bytes: order.bytes) == order)
      #expect(order.bytes.count <= DialOrder.longest)
    }
    for answer in try Self.answers() {
      #expect(DialAnswer(bytes: answer.bytes) == answer)
      #expect(answer.bytes.count <= DialAnswer.longest)
    }
  }

  @Test func oneThatIsCutOrLongerIsNone() throws {
    for bytes in try Self.orders.map(\.bytes) + Self.answers().map(\.bytes) {
      for count in 0..<bytes.count {
        #expect(DialOrder(bytes: Array(bytes.prefix(count))) == nil || count == 1)
        #expect(DialAnswer(bytes: Array(bytes.prefix(count))) == nil || count == 1)
      }
      #expect(DialOrder(bytes: bytes + [0]) == nil)
      #expect(DialAnswer(bytes: bytes + [0]) == nil)
    }
  }

  @Test(arguments: 0..<50)
  func garbageTrapsNothing(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      var bytes = (0..<random.below(60)).map { _ in UInt8(random.below(256)) }
      if !bytes.isEmpty, let code = "cdhrnutf".utf8.randomElement(using: &random) {
        bytes[0] = code
      }
      _ = DialOrder(bytes: bytes)
      _ = DialAnswer(bytes: bytes)
    }
  }

  @Test func noOrderNamesAnotherPlace() {
    for order in Self.orders { #expect(order.bytes.count <= 9) }
  }
}

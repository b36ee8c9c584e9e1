import ChatWire
import Testing
import WireSamples

struct TelnetFilterTests {
  private func filter(_ chunks: [[UInt8]]) -> (data: [UInt8], replies: [UInt8]) {
    var filter = TelnetFilter()
    var data: [UInt8] = []
    var replies: [UInt8] = []
    for chunk in chunks {
      filter.filter(chunk, into: &data, replies: &replies)
    }
    return (data, replies)
  }

  /// a, WILL 1, DO 3, WONT 1, DONT 3, b, SB … with IAC IAC and LF … SE, IP,
  /// BREAK, IAC IAC, c, an IAC before no command, d.
  private static let stream: [UInt8] = [
    0x61, 255, 251, 1, 255, 253, 3, 255, 252, 1, 255, 254, 3, 0x62, 255, 250, 31, 0, 80, 10, 255,
    255, 10, 0, 24, 255, 240, 255, 244, 255, 243, 255, 255, 0x63, 255, 0x20, 0x64,
  ]

  @Test(arguments: 1...stream.count)
  func everyChunkSize(_ size: Int) {
    let (data, replies) = filter(pieces(Self.stream, of: size))
    #expect(data == [0x61, 0x62, 255, 0x63, 255, 0x20, 0x64])
    #expect(replies == [255, 254, 1, 255, 252, 3])
  }

  @Test func refusalsAreNotAnswered() {
    // What this side sends must draw nothing from itself: no endless answers.
    let first = filter([[255, 251, 1, 255, 253, 3]]).replies
    #expect(filter([first]).replies == [])
  }

  @Test func everyOptionIsRefused() {
    for option in UInt8.min...UInt8.max {
      #expect(filter([[255, 251, option]]).replies == [255, 254, option])
      #expect(filter([[255, 253, option]]).replies == [255, 252, option])
    }
  }

  @Test func anEndlessSubnegotiationKeepsNothing() {
    let (data, replies) = filter([[255, 250] + [UInt8](repeating: 0x61, count: 200_000)])
    #expect(data == [])
    #expect(replies == [])
  }
}

import ChatCore
import ChatDigest
import Foundation
import Testing

@testable import Transcript

/// The example of `docs/transcript.md` is what is written.
@Suite struct ChainPageTests {
  /// What each link of the page is over, and the link.
  private func page() throws -> [(input: [UInt8], link: Digest)] {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/transcript.md")
    let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
    let start = try #require(lines.firstIndex(of: "## Chain"))
    var links: [(input: [UInt8], link: Digest)] = []
    var input: [UInt8] = []
    for line in lines[(start + 1)...].prefix(while: { !$0.hasPrefix("## ") })
    where line.hasPrefix("    ") {
      let digits = line.prefix { $0 != "#" }.filter(\.isHexDigit)
      let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(digits.dropFirst($0).prefix(2), radix: 16)
      }
      if line.hasPrefix("    =") {
        links.append((input, try #require(Digest(bytes: bytes))))
        input = []
      } else {
        input += bytes
      }
    }
    return links
  }

  @Test func theExampleIsWhatIsWritten() throws {
    let links = try page()
    #expect(links.count == 4)
    for (input, link) in links { #expect(Digest(of: input) == link) }

    let scratch = Scratch()
    let writer = try TranscriptWriter(path: scratch.path)
    let opened: Int64 = 1_772_402_523_120
    let run = try writer.startRun(
      RunDescription(
        pid: 4711, bootID: "b1946ac9-2492-4d23-8a5b-1f0f4c0e9a11", version: "0.1.0", port: 1027,
        handle: try Handle("SERVER")), at: .ms(1_772_402_000_000))
    let conversation = ConversationWriter(
      writer, run: run, peerAddress: "192.0.2.7", peerPort: 50112, mode: .turns)
    conversation.protection = Protection(isEncrypted: true, key: nil)
    conversation.offer = (Digest(of: []).bytes, .seconds(300))
    let said = try Message(bytes: [0x68, 0x69, 0xff])
    try conversation.append([
      (.open, .ms(opened)), (.handle(try Handle("tatyana"), .native), .ms(opened + 2884)),
      (.message(from: .client, number: 1, said), .ms(opened + 6391)),
      (.close(by: .client, .quit, detail: nil, undelivered: 0), .ms(opened + 37_886)),
    ])
    let select = try writer.connection.prepare("SELECT link FROM event ORDER BY id")
    for (_, link) in links {
      #expect(try select.step())
      #expect(select.bytesOrNil(at: 0) == link.bytes)
    }
    #expect(try !select.step())
  }
}

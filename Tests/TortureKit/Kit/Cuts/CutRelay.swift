import Glibc
import Harness

/// Between a client and a server: carries what both say, until it is told to do worse.
/// It has no thread: whoever waits for anything has it carry meanwhile.
final class CutRelay {
  let port: UInt16
  private let listener: FakeServer
  private let server: UInt16
  private var links: [Link] = []
  /// Nothing is carried until then, on the monotonic clock in milliseconds.
  private var stalledUntil: Int64 = 0

  private struct Link {
    var client: PeerSocket
    var server: PeerSocket
    /// How far each side's bytes were carried.
    var fromClient = 0
    var fromServer = 0
  }

  init(to server: UInt16) throws {
    listener = try FakeServer()
    port = listener.port
    self.server = server
  }

  /// Takes who has come and carries what there is.
  func carry() throws {
    while let client = listener.acceptIfThere() {
      // Nobody listens: the client finds out by the end.
      guard let server = try? PeerSocket(port: server) else { continue }
      links.append(Link(client: client, server: server))
    }
    if Deadline.now < stalledUntil { return }
    for index in links.indices {
      links[index].client.readAvailable()
      links[index].server.readAvailable()
      let ended = [links[index].client.hasEnded, links[index].server.hasEnded]
      pass(index, through: .max)
      if ended[0] { links[index].server.sendEndOfFile() }
      if ended[1] { links[index].client.sendEndOfFile() }
    }
    links.removeAll { $0.client.hasEnded && $0.server.hasEnded }
  }

  /// Hands on at most so many bytes of each side.
  private func pass(_ index: Int, through limit: Int) {
    let up = links[index].client.received.dropFirst(links[index].fromClient).prefix(limit)
    let down = links[index].server.received.dropFirst(links[index].fromServer).prefix(limit)
    // One that is gone takes nothing, and its end comes with the next look.
    links[index].fromClient += links[index].server.offer(Array(up))
    links[index].fromServer += links[index].client.offer(Array(down))
  }

  /// Ends all links as a reset does.
  func reset() {
    for link in links {
      link.client.reset()
      link.server.reset()
    }
    links = []
  }

  /// Ends them in the middle of what is under way: `count` bytes of it still come.
  func cut(after count: Int) {
    for index in links.indices {
      links[index].client.readAvailable()
      links[index].server.readAvailable()
      pass(index, through: count)
    }
    reset()
  }

  /// Ends one direction of each link.
  func halfClose(toServer: Bool) {
    for link in links { (toServer ? link.server : link.client).sendEndOfFile() }
  }

  /// Carries nothing for a while.
  func stall(milliseconds: Int64) {
    stalledUntil = Deadline.now + milliseconds
  }
}

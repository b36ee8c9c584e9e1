import Glibc
import Harness
import TakeOver

/// What the operator's terminal is to peers in the queue and to silent ones:
/// whoever took one of their processes over looks for it behind every
/// descriptor.
public enum QueueTerminal {
  /// - Returns: what was looked at.
  /// - Throws: ``TortureFailure``, who has the terminal.
  public static func run(waiting: Int = 4) throws -> String {
    var looked = 0
    try Stage.run { stage in
      let server = try stage.server("--max-waiting", "\(waiting + 1)", "--per-source", "0")
      let talker = try peer("talker", "floor\0", on: server.port)
      let owner = server.conversations
      var others: [PeerSocket] = []
      for number in 1...waiting {
        others.append(try peer("w\(number)", "wait ", on: server.port))
      }
      let silent = try PeerSocket(port: server.port)
      try silent.waitFor("SERVER\0")
      let processes = server.conversations.filter { !owner.contains($0) }
      try hold(processes.count == waiting + 1, "\(processes.count) processes in the queue")
      for process in processes + [server.keeper].compactMap({ $0 }) {
        for number in Int32(0)..<64 {
          let copy = takeover_descriptor(process, number)
          if copy < 0 { continue }
          defer { close(copy) }
          looked += 1
          try hold(
            isatty(copy) == 0, "descriptor \(number) of a process in the queue is a terminal")
        }
      }
      talker.leave()
    }
    return "no terminal behind \(looked) descriptors"
  }

  private static func peer(_ name: String, _ answer: String, on port: UInt16) throws -> PeerSocket {
    let peer = try PeerSocket(port: port)
    try peer.waitFor("SERVER\0")
    try peer.send("\(name)\0")
    try peer.waitFor(answer)
    return peer
  }
}

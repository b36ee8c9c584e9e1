import ChatCore
import ChatPosix
import SystemPackage

/// Why what is said cannot be saved to a file.
package enum SaveError: Error {
  case file(PrivateFileError)
  /// There is something in it that was not saved by this program, and is not to
  /// be added to: a transcript's database, say.
  case foreign
}

/// The client's own record: the events of a conversation as JSON Lines, as
/// `chatserve history export` writes them (docs/history.md). A line is written
/// whole or not at all; what a full disk does not take is kept for a while.
package final class SavedTalk {
  /// How every line begins.
  private static let beginning = Array(#"{"v":1,"type":""#.utf8)
  /// Longer than any line: a message of 16 KiB, each byte as an escape, and its
  /// bytes beside it.
  private static let longestLine: Int64 = 256 * 1024
  /// Bytes kept for a disk that is full: some hundred messages.
  private static let keptLimit = 256 * 1024

  private let file: PrivateFile
  /// By which its events are known in the file: the moment at which it began.
  private var conversation: Int64 = 0
  private var number: Int64 = 0
  /// The file's last event, where that is one.
  private var last: SavedEvent?
  private var pending: [[UInt8]] = []
  private var pendingCount = 0
  private var isStuck = false
  /// Events that found no room.
  package private(set) var lost = 0

  /// What became of saving.
  package enum News {
    case failed(SystemCallError)
    case works
  }

  /// Opens the file for this conversation alone, and cuts off what a kill left
  /// of a last line.
  ///
  /// - Throws: ``SaveError``.
  package init(path: String) throws(SaveError) {
    do throws(PrivateFileError) {
      file = try PrivateFile.open(FilePath(path), beginning: Self.beginning)
    } catch {
      throw .file(error)
    }
    let beginning: [UInt8]
    do throws(SystemCallError) {
      beginning = try file.read(from: 0, count: Self.beginning.count)
    } catch {
      throw .file(.system(error))
    }
    // Before anything is changed, a lock included: it may be a database.
    guard Self.beginning.starts(with: beginning) else { throw .foreign }
    do throws(PrivateFileError) {
      try file.lock()
    } catch {
      throw .file(error)
    }
    let line: [UInt8]?
    do throws(SystemCallError) {
      line = try Self.mend(file)
    } catch {
      throw .file(.system(error))
    }
    guard let line else { throw .foreign }
    last = SavedEvent(line: line)
  }

  /// Cuts off a last line without its end.
  ///
  /// - Returns: the last line that is whole, empty where there is none; `nil` where there is
  ///   no end of a line where one must be.
  private static func mend(_ file: PrivateFile) throws(SystemCallError) -> [UInt8]? {
    try file.makePrivate()
    let size = try file.size()
    let start = max(0, size - Self.longestLine)
    let tail = try file.read(from: start, count: Int(Self.longestLine))
    let end = tail.lastIndex(of: 0x0a).map { start + Int64($0) + 1 }
    guard let end = end ?? (start == 0 ? 0 : nil) else { return nil }
    if end < size { try file.truncate(to: end) }
    return Array(
      tail.prefix(Int(end - start)).split(separator: 0x0a).last ?? [])
  }

  /// Whether a conversation has begun.
  var isOpen: Bool { number > 0 }

  /// What ``goOn(with:)`` of the next process's is given; `nil` before one has begun.
  var id: Int64? { isOpen ? conversation : nil }

  /// Goes on with a conversation that another process began here.
  ///
  /// - Parameter id: its ``id``.
  /// - Returns: false where the file does not end with it: it is another file, another
  ///   conversation was added to it, or its end was.
  func goOn(with id: Int64) -> Bool {
    guard let last, last.conversation == id, !last.isClose else { return false }
    (conversation, number) = (id, last.number)
    return true
  }

  package func open(host: String, port: UInt16, handle: Handle?) -> News? {
    // One process may have several, one after another.
    (conversation, number) = (max(Clock.realtimeMilliseconds(), conversation + 1), 0)
    var open = event("open")
    open["peer"] = .string(host)
    open["port"] = .integer(Int64(port))
    var named = event("handle")
    named["handle"] = .string(handle?.text)
    return save([open, named])
  }

  package func say(
    _ message: Message, by party: Party, _ handle: Handle?, isHeld: Bool = false
  ) -> News? {
    var said = event("message")
    said["from"] = .string(party.rawValue)
    said["handle"] = .string(handle?.text)
    said["text"] = .string(message.text)
    if let raw = message.raw { said["text_base64"] = .string(Base64.encode(raw)) }
    if isHeld { said["held"] = .bool(true) }
    return save([said])
  }

  package func close(by party: Party?, _ handle: Handle?, _ ending: Conversation.Ending) -> News? {
    var close = event("close")
    close["from"] = .string(party?.rawValue)
    close["handle"] = .string(handle?.text)
    close["reason"] = .string(ending.reason.rawValue)
    if let detail = ending.detail { close["detail"] = .string(detail) }
    let undelivered = ending.unconfirmed.count
    if undelivered > 0 { close["undelivered"] = .integer(Int64(undelivered)) }
    let news = save([close])
    lost += pending.count
    return news
  }

  private func event(_ kind: String) -> JSONObject {
    number += 1
    var object = JSONObject()
    object["v"] = .integer(1)
    object["type"] = .string("event")
    object["seq"] = .integer(number)
    object["conversation"] = .integer(conversation)
    object["time"] = .string(Clock.utcText(Clock.realtimeMilliseconds()))
    object["kind"] = .string(kind)
    return object
  }

  private func save(_ objects: [JSONObject]) -> News? {
    for object in objects {
      var line = ""
      object.write(isPretty: false, into: &line)
      keep(Array(line.utf8) + [0x0a])
    }
    let wasStuck = isStuck
    do throws(SystemCallError) {
      while let line = pending.first {
        try file.append(line)
        pending.removeFirst()
        pendingCount -= line.count
      }
      isStuck = false
      return wasStuck ? .works : nil
    } catch {
      isStuck = true
      return wasStuck ? nil : .failed(error)
    }
  }

  /// The oldest go first, so that what follows is in order.
  private func keep(_ line: [UInt8]) {
    guard pendingCount + line.count <= Self.keptLimit else {
      lost += 1
      return
    }
    pending.append(line)
    pendingCount += line.count
  }
}

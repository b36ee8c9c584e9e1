import ChatCore
import ChatPosix
import SystemPackage

/// The file of one conversation, open and locked: nobody else's as long as this process
/// lives. Written by a contained process, which can open none.
///
/// It is not waited for until a disk has it: a kill loses nothing of it, a machine that
/// loses its power may lose the last half minute, after which the server has more of the
/// conversation than the file.
package final class TalkFile {
  /// What became of writing.
  enum News {
    case failed(SystemCallError)
    case works
  }

  /// What is in it.
  enum Contents {
    case empty
    case record(TalkRecord)
    case damaged
  }

  let path: FilePath
  private let file: PrivateFile
  private var slots = TalkSlots()
  private var isStuck = false

  init(_ file: PrivateFile, at path: FilePath) {
    self.file = file
    self.path = path
  }

  deinit { file.descriptor.closeOnce() }

  /// Takes it for this process.
  ///
  /// - Returns: false while another has it.
  func lock() throws(PrivateFileError) -> Bool {
    do throws(PrivateFileError) {
      try file.lock()
      return true
    } catch {
      if case .inUse = error { return false }
      throw error
    }
  }

  func read() throws(SystemCallError) -> Contents {
    let size = try file.size()
    if size == 0 { return .empty }
    let file = file
    let newest = try TalkSlots.newest { (offset, count) throws(SystemCallError) in
      // A head may say more than there is.
      offset >= size ? [] : try file.read(from: offset, count: min(count, Int(size - offset)))
    }
    guard let (slots, content) = newest, let record = TalkRecord(bytes: content) else {
      return .damaged
    }
    self.slots = slots
    return .record(record)
  }

  /// Puts `record` in the place of what is there.
  ///
  /// - Returns: what is new about writing.
  func write(_ record: TalkRecord) -> News? {
    let content = record.bytes
    let (head, offset, headOffset) = slots.writes(for: content)
    let wasStuck = isStuck
    do throws(SystemCallError) {
      try file.write(content, at: offset)
      try file.write(head.bytes, at: headOffset)
    } catch {
      isStuck = true
      return wasStuck ? nil : .failed(error)
    }
    slots.wrote(head)
    isStuck = false
    return wasStuck ? .works : nil
  }

  /// Nothing is to be gone on with.
  func clear() {
    // What cannot be cut can be said to be nothing: a head that is none. A disk that takes
    // neither leaves a conversation that the next start asks for, and the server says that
    // it is over.
    if (try? file.truncate(to: 0)) == nil {
      try? file.write([UInt8](repeating: 0, count: Int(TalkSlots.contentStart)), at: 0)
    }
    slots = TalkSlots()
  }
}

import ChatCore
import ChatPosix
import ChatSecure

/// The file with the ``AllowList``: written by whoever has the shell, read by the
/// listener, and out of reach of conversations.
package struct AllowFile: Hashable, Sendable {
  package let path: FilePath

  package init(path: String) {
    self.path = FilePath(path)
  }

  /// `option`, else `chatserve/allow` where ``KeyFile/path(option:environment:)`` has
  /// the key.
  package static func path(
    option: String?, environment: (String) -> String? = Environment.value(of:)
  ) -> String? {
    if let option, !option.isEmpty { return option }
    return KeyFile.path(option: nil, environment: environment).map {
      FilePath($0).removingLastComponent().appending("allow").string
    }
  }

  /// Whether conversations could write it: they have the transcript's directory.
  func isBelowTranscript(_ database: String) -> Bool {
    KeyFile(path: path.string).isBelowTranscript(database)
  }

  /// What is in it.
  ///
  /// - Throws: ``KeyTrouble``: it is missing, too, or others may change it.
  func read() throws(KeyTrouble) -> [UInt8] {
    let text: [UInt8]?
    do throws(PrivateFileError) {
      text = try PrivateFile.trusted(at: path, limit: AllowList.longestText + 1)
    } catch {
      throw KeyTrouble(error, others: .unreadable)
    }
    guard let text else {
      throw KeyTrouble(.unreadable, errno: Errno.noSuchFileOrDirectory.rawValue)
    }
    guard text.count <= AllowList.longestText else {
      throw KeyTrouble(.unreadable, errno: Errno.fileTooLarge.rawValue)
    }
    return text
  }

  /// Changes it: what is there, or nothing, goes in. Whoever reads it meanwhile reads
  /// the old one or the new one.
  ///
  /// - Parameter change: gives what shall be in it, or `nil` to leave it.
  /// - Returns: whether it was changed.
  /// - Throws: ``KeyTrouble``: it cannot be read or written, or others may change it.
  package func change(_ change: ([UInt8]) -> [UInt8]?) throws(KeyTrouble) -> Bool {
    do throws(PrivateFileError) {
      try PrivateFile.makeDirectories(of: path)
      // One after another: the second would not see what the first has added.
      let lock = try PrivateFile.open(FilePath(path.string + ".lock"), beginning: [])
      defer { lock.descriptor.closeOnce() }
      try lock.lockPatiently()
      var text: [UInt8] = []
      if try PrivateFile.trusted(at: path, limit: 1) != nil {
        do throws(KeyTrouble) {
          text = try read()
        } catch {
          throw .system(SystemCallError(call: "read", errno: Errno(rawValue: error.errno)))
        }
      }
      guard let new = change(text) else { return false }
      _ = try PrivateFile.replaceSecret(at: path, new, keepingOld: false)
      return true
    } catch {
      throw KeyTrouble(error, others: .cannotMake)
    }
  }
}

/// What the listener knows of the file, which it looks at again and again.
struct AllowWatch {
  /// Between two looks while somebody is there whom a change would concern.
  static let interval = Duration.seconds(1)

  enum Finding: Hashable {
    case changed(AllowList)
    /// It cannot be read now; what was read before counts. Once for each cause.
    case trouble(KeyTrouble)
  }

  let file: AllowFile
  private(set) var list: AllowList
  private(set) var lookAgainAt: Instant
  private var status: FileStatus?
  private var trouble: KeyTrouble?

  /// - Throws: ``KeyTrouble``, where the file cannot be used.
  init(_ file: AllowFile, at now: Instant) throws(KeyTrouble) {
    self.file = file
    status = try? FileStatus(of: file.path, followingLinks: true)
    list = AllowList(text: try file.read())
    lookAgainAt = now.advanced(by: Self.interval)
  }

  /// Reads it again where it is another than it was.
  mutating func look(at now: Instant) -> Finding? {
    lookAgainAt = now.advanced(by: Self.interval)
    let present = try? FileStatus(of: file.path, followingLinks: true)
    if let present, present == status, trouble == nil { return nil }
    do throws(KeyTrouble) {
      let new = AllowList(text: try file.read())
      status = present
      trouble = nil
      if new == list { return nil }
      list = new
      return .changed(new)
    } catch {
      if error == trouble { return nil }
      trouble = error
      return .trouble(error)
    }
  }
}

import ChatCore
import ChatPosix
import ChatSecure
import SystemPackage

/// Where the conversations with one server are kept:
/// `chatclient/talks/[host]:port.1` and so on, below `$XDG_STATE_HOME`, else below
/// `~/.local/state` (XDG Base Directory Specification). One file each, empty when there
/// is nothing to go on with.
package struct TalkStore {
  /// Why nothing can be kept.
  package enum Obstacle: Error {
    /// Neither a home directory nor another place is known.
    case noPlace
    /// The host's name is longer than a file's can be.
    case noName
    /// As many conversations with the server as are kept go on at this moment.
    case tooMany
    case file(FilePath, PrivateFileError)
  }

  /// What is there.
  struct Findings {
    /// Of chatclients that are gone, the newest first.
    var kept: [(file: TalkFile, record: TalkRecord)] = []
    /// Of those that live.
    var living: [TalkRecord] = []
    /// Files that are not one of these, or not whole.
    var damaged: [TalkFile] = []
    /// Why one of them could not be looked at, the first.
    var obstacle: Obstacle?
  }

  /// Conversations with one server at a time.
  private static let limit = 16

  /// All but the number.
  private let path: FilePath

  /// `host` is as it was typed.
  init(
    host: String, port: UInt16, environment: (String) -> String? = Environment.value(of:)
  ) throws(Obstacle) {
    guard let name = KnownServer.fileName(host: host, port: port), name.utf8.count <= 250 else {
      throw .noName
    }
    guard let directory = Self.directory(environment) else { throw .noPlace }
    path = directory.appending(name)
  }

  /// A relative `$XDG_STATE_HOME` is ignored, as the specification demands.
  private static func directory(_ environment: (String) -> String?) -> FilePath? {
    func absolute(_ name: String) -> FilePath? {
      environment(name).flatMap { $0.hasPrefix("/") ? FilePath($0) : nil }
    }
    let home = absolute("HOME") ?? Environment.homeDirectory.map { FilePath($0) }
    let state = absolute("XDG_STATE_HOME") ?? home?.appending(".local").appending("state")
    return state?.appending("chatclient").appending("talks")
  }

  private func path(_ number: Int) -> FilePath { FilePath("\(path.string).\(number)") }

  /// Looks at all of them; those that nobody has are this process's from now on.
  func look() -> Findings {
    var findings = Findings()
    for number in 1...Self.limit {
      let path = path(number)
      do throws(PrivateFileError) {
        guard let opened = try PrivateFile.openToChange(path, isCreating: false) else { continue }
        let file = TalkFile(opened, at: path)
        let isOwn = try file.lock()
        switch try Self.contents(of: file) {
        case .empty: break
        case .damaged: if isOwn { findings.damaged.append(file) }
        case .record(let record) where isOwn: findings.kept.append((file, record))
        case .record(let record): findings.living.append(record)
        }
      } catch {
        findings.obstacle = findings.obstacle ?? .file(path, error)
      }
    }
    findings.kept.sort { $0.record.linkedAt > $1.record.linkedAt }
    findings.living.sort { $0.linkedAt > $1.linkedAt }
    return findings
  }

  /// An empty one, for a new conversation.
  func make() throws(Obstacle) -> TalkFile {
    var obstacle = Obstacle?.none
    for number in 1...Self.limit {
      let path = path(number)
      do throws(PrivateFileError) {
        try PrivateFile.makeDirectories(of: path)
        guard let opened = try PrivateFile.openToChange(path, isCreating: true) else { continue }
        let file = TalkFile(opened, at: path)
        guard try file.lock(), case .empty = try Self.contents(of: file) else { continue }
        do throws(SystemCallError) {
          // Whatever the umask took away.
          try opened.makePrivate()
        } catch {
          throw .system(error)
        }
        return file
      } catch {
        obstacle = obstacle ?? .file(path, error)
      }
    }
    throw obstacle ?? .tooMany
  }

  private static func contents(of file: TalkFile) throws(PrivateFileError) -> TalkFile.Contents {
    do throws(SystemCallError) {
      return try file.read()
    } catch {
      throw .system(error)
    }
  }
}

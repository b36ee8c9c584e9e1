import ChatPosix
import Transcript

/// The transcripts that a command reads: one, or several that have names.
struct Library {
  let archives: [Archive]

  /// Whether several were asked for, also where only one of them can be read.
  var isSeveral: Bool { archives.contains { $0.name != nil } }
}

extension HistorySession {
  /// Those that are read, and those that could not be.
  func transcriptPaths(_ library: Library) -> [String] {
    Set(library.archives.map(\.connection.path) + common.database).sorted()
  }

  /// Opens every transcript that was named. One of several that cannot be read
  /// is named and left out, and decides what the command ends with.
  ///
  /// - Returns: `nil`, after a note, when nothing was ever recorded in the
  ///   default place, or none can be read.
  func library() throws(HistoryError) -> Library? {
    let paths = try distinctPaths()
    guard paths.count > 1 else { return try open().map { Library(archives: [$0]) } }
    let names = TranscriptNames.distinct(paths.map { FilePath($0).resolvingDirectory() })
    var archives: [Archive] = []
    for (path, name) in zip(paths, names) {
      do throws(TranscriptError) {
        let archive = archive(try Connection.forReading(path))
        try archive.isOneOfSeveral(name)
        archives.append(archive)
      } catch {
        fail(error.kind == .missing ? .databaseMissing(path) : .transcript(error))
      }
    }
    longestName = names.map(\.count).max() ?? 0
    return archives.isEmpty ? nil : Library(archives: archives)
  }

  /// Those of `--database`, each file once.
  private func distinctPaths() throws(HistoryError) -> [String] {
    var paths: [String] = []
    var seen: Set<FileIdentity> = []
    for path in common.database {
      // What is not there, or may not be looked at, is said when it is opened.
      if let identity = try? FileIdentity(of: FilePath(path)), !seen.insert(identity).inserted {
        continue
      }
      if !paths.contains(path) { paths.append(path) }
    }
    return paths
  }
}

extension Library {
  /// Whether nothing has been recorded yet.
  func isEmpty() throws(TranscriptError) -> Bool {
    for archive in archives { if try archive.newestConversation() != nil { return false } }
    return true
  }

  /// The conversations that a user's references mean now, of each transcript;
  /// `nil` for one of which others are meant alone. Without references all are.
  ///
  /// - Throws: ``HistoryError``, for what is no reference, or one to nothing.
  func resolve(_ references: [String]) throws(HistoryError) -> [[IDRange]?] {
    if references.isEmpty { return archives.map { _ in [] } }
    if !isSeveral, let only = archives.first { return [try only.resolve(references)] }
    var ranges = [[IDRange]?](repeating: nil, count: archives.count)
    for text in references {
      let (index, found) = try resolve(text)
      ranges[index] = (ranges[index] ?? []) + found
    }
    return ranges
  }

  private func resolve(_ text: String) throws(HistoryError) -> (Int, [IDRange]) {
    let named = archives.indices.filter { index in
      archives[index].name.map { text.hasPrefix($0 + ":") } ?? false
    }
    // The longest, where one name with what follows is another.
    let length = { (index: Int) in archives[index].name?.count ?? 0 }
    if let index = named.max(by: { length($0) < length($1) }) {
      let rest = String(text.dropFirst(length(index) + 1))
      do throws(HistoryError) {
        return (index, try archives[index].resolve([rest]))
      } catch {
        if case .unknownConversation = error { throw .unknownConversation(text) }
        throw error
      }
    }
    switch ConversationReference(text) {
    case .newest(let count):
      guard let (index, id) = try newest(skipping: count) else { throw .unknownConversation(text) }
      return (index, [IDRange(id)])
    default:
      let name = archives.first?.name ?? ""
      throw ConversationRange(text) == nil ? .reference(text) : .nameMissing(text, name: name)
    }
  }

  /// The newest of all but so many, by when they were opened.
  private func newest(skipping count: Int) throws(HistoryError) -> (Int, Int64)? {
    do throws(TranscriptError) {
      var skipped = archives.map { _ in 0 }
      var heads: [ConversationSummary?] = []
      for archive in archives { heads.append(try archive.newest(skipping: 0)) }
      var left = count
      while true {
        let candidates = heads.enumerated().compactMap { index, head in head.map { (index, $0) } }
        // Of as new ones that of the transcript named last, as the list has it.
        guard
          let (index, head) = candidates.max(by: { ($0.1.opened, $0.0) < ($1.1.opened, $1.0) })
        else { return nil }
        if left == 0 { return (index, head.id) }
        left -= 1
        skipped[index] += 1
        heads[index] = try archives[index].newest(skipping: skipped[index])
      }
    } catch {
      throw .transcript(error)
    }
  }
}

extension Archive {
  fileprivate func newest(skipping count: Int) throws(TranscriptError) -> ConversationSummary? {
    guard let id = try newestConversation(skipping: count) else { return nil }
    return try conversation(id, counting: false)
  }
}

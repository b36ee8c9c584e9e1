import ChatCore
import Glibc
import Relinking
import Testing
import Transcript

@testable import History

/// `history backup`, up to its file; end to end beside a talk in BackupTests there.
@Suite struct BackupTests {
  let fixture: Fixture
  private let target: String

  init() throws {
    fixture = try Fixture.samples()
    try relink(fixture.connection)
    target = fixture.directory + "/out"
  }

  private func bytes(_ path: String) -> [UInt8]? { SystemFile.bytes(at: path) }

  private func names() -> [String] {
    SystemFile.names(in: fixture.directory).filter { $0.hasPrefix("out") }.sorted()
  }

  private func backUp(
    _ arguments: String..., change: (inout HistoryEnvironment) -> Void = { _ in }
  ) throws -> Captured {
    try Fixture.history(
      ["backup"] + arguments + ["--database", fixture.path, "--tz", "-08:00"]
    ) {
      $0.wait = { _ in .passed }
      change(&$0)
    }
  }

  @Test func `the copy has the same words, is its owner's alone and has no log`() throws {
    let result = try backUp(target)
    #expect(result.exit == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("\(target): "))
    #expect(result.output.hasSuffix(": no damage found\n"))
    #expect(names() == ["out"])
    var status = stat()
    #expect(stat(target, &status) == 0 && status.st_mode & 0o7777 == 0o600)
    let own = try Fixture.history(["export", "--database", fixture.path])
    let copied = try Fixture.history(["export", "--database", target])
    #expect(own.output == copied.output && copied.exit == 0)
    #expect(try Fixture.history(["verify", "--database", target]).exit == 0)
    // Reading it needs nothing beside it.
    #expect(names() == ["out"])
    #expect(try backUp(target, "-q", "--force").output == "")
  }

  @Test func `what is there is replaced only when that is asked for`() throws {
    #expect(
      try Fixture.history(["export", "--database", fixture.path, "--output", target]).exit == 0)
    let before = try #require(bytes(target))
    let link = target + "-link"
    let dangling = target + "-none"
    #expect(symlink("out", link) == 0 && symlink("nothing", dangling) == 0)
    for name in [target, link, dangling] {
      let result = try backUp(name)
      #expect(result.exit == 73)
      #expect(result.errors == "chatserve: \(name) is there already; --force replaces it\n")
    }
    #expect(bytes(target) == before)
    #expect(try backUp(link, "--force").exit == 0)
    #expect(bytes(target) != before)
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(names() == ["out", "out-link", "out-none"])
  }

  @Test(arguments: ["", "-wal", "-shm", "-journal", "-lock"])
  func `the transcript and what is beside it is never what is written`(ending: String) throws {
    let own = fixture.path + ending
    let link = target + "-link"
    #expect(symlink(own, link) == 0)
    var names = [own, fixture.directory + "/./transcript.db" + ending, link]
    if Glibc.link(own, target + "-hard") == 0 { names.append(target + "-hard") }
    let before = bytes(own)
    for name in names {
      let result = try backUp(name, "--force")
      #expect(result.exit == 64)
      #expect(
        result.errors
          == "chatserve: \(name) is the transcript itself, or a file of it; name another\n")
    }
    if ending != "-shm" { #expect(bytes(own) == before) }
  }

  @Test func `a log of another database is not taken for the copy's`() throws {
    #expect(symlink("nothing", target + "-wal") == 0)
    let result = try backUp(target)
    #expect(result.exit == 64)
    #expect(result.errors.contains("-wal is of another database"))
    #expect(names() == ["out-wal"])
  }

  @Test func `what is no file, or nowhere, is named`() throws {
    mkdir(target, 0o700)
    #expect(mkfifo(target + "-pipe", 0o600) == 0)
    for name in [target, target + "-pipe", "/dev/null", "-", ""] {
      let result = try backUp(name, "--force")
      #expect(result.exit == 64)
      #expect(result.errors == "chatserve: \(name) is no file; name one for the backup\n")
    }
    let nowhere = try backUp("/nowhere/out")
    #expect(nowhere.exit == 74)
    #expect(nowhere.errors == "chatserve: cannot write /nowhere/out: No such file or directory\n")
    let none = try Fixture.history(["backup", target + "2", "--database", target + "3"])
    #expect(none.exit == 66)
    #expect(names() == ["out", "out-pipe"])
    rmdir(target)
  }

  /// At each moment that it looks.
  @Test func `Ctrl-C leaves nothing, and what was there`() throws {
    #expect(try backUp(target).exit == 0)
    let before = try #require(bytes(target))
    var moment = 0
    while true {
      var left = moment
      let result = try backUp(target, "--force") {
        $0.wait = { _ in
          left -= 1
          return left < 0 ? .interrupted : .passed
        }
      }
      #expect(names() == ["out"])
      if result.exit == 0 { break }
      #expect(result.exit == 130 && result.output == "")
      #expect(bytes(target) == before)
      moment += 1
    }
    #expect(moment > 0)
  }

  @Test func `a damaged transcript gives no backup`() throws {
    try fixture.connection.execute("UPDATE event SET text = 'other' WHERE id = 3")
    let result = try backUp(target)
    #expect(result.exit == 1)
    #expect(result.errors.hasPrefix("chatserve: damage: "))
    #expect(result.errors.contains("no backup was made at \(target): the transcript is damaged"))
    #expect(names() == [])
  }

  @Test func `another program's tables are copied with the rest`() throws {
    try fixture.connection.execute("CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq)")
    #expect(try backUp(target).exit == 0)
    #expect(
      try Fixture.history(["verify", "--database", target]).output.contains("of Litestream"))
  }
}

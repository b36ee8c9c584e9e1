import ChatCore
import ChatPosix
import Glibc
import SystemPackage
import Testing

@testable import ChatClient

/// Where conversations are kept, and whose they are.
@Suite struct TalkStoreTests {
  private func store(_ home: Home, host: String = "example.org") throws -> TalkStore {
    try TalkStore(host: host, port: 1027) { $0 == "HOME" ? home.path : nil }
  }

  private func path(_ home: Home, _ number: Int = 1) -> String {
    home.path + "/.local/state/chatclient/talks/[example.org]:1027.\(number)"
  }

  @Test func oneIsMadeForThisUserAlone() throws {
    let home = try Home()
    let store = try store(home)
    #expect(store.look().kept.isEmpty)
    #expect(home.mode(home.path + "/.local") == 0, "looking makes nothing")
    let file = try store.make()
    #expect(file.path.string == path(home))
    #expect(home.mode(path(home)) == 0o600)
    for directory in ["", "/chatclient", "/chatclient/talks"] {
      #expect(home.mode(home.path + "/.local/state" + directory) == 0o700)
    }
  }

  @Test func theStateDirectoryIsTheEnvironments() throws {
    let home = try Home()
    let variables = ["HOME": home.path, "XDG_STATE_HOME": home.path + "/elsewhere"]
    let file = try TalkStore(host: "h", port: 1) { variables[$0] }.make()
    #expect(file.path.string == home.path + "/elsewhere/chatclient/talks/[h]:1.1")
    let relative = ["HOME": home.path, "XDG_STATE_HOME": "elsewhere"]
    let other = try TalkStore(host: "h", port: 1) { relative[$0] }.make()
    #expect(other.path.string == home.path + "/.local/state/chatclient/talks/[h]:1.1")
  }

  @Test func whatIsWrittenIsFoundByTheNext() throws {
    let home = try Home()
    let record = try TalkFileTests.record(unconfirmed: ["hi"], draft: "half")
    do {
      let file = try store(home).make()
      #expect(file.write(try TalkFileTests.record()) == nil)
      #expect(file.write(record) == nil)
      let others = try store(home).look()
      #expect(others.kept.isEmpty, "it lives")
      #expect(others.living == [record])
    }
    let found = try store(home).look()
    #expect(found.living.isEmpty)
    #expect(found.kept.map(\.record) == [record])
    // Whoever looked has it.
    #expect(try store(home).look().living == [record])
    #expect(try store(home).make().path.string == path(home, 2))
  }

  @Test func theNewestIsTheFirst() throws {
    let home = try Home()
    let store = try store(home)
    do {
      for age in [30, 10, 20] as [Int64] {
        var record = try TalkFileTests.record()
        record.linkedAt = Timestamp(milliseconds: record.linkedAt.milliseconds - age)
        // Kept open, so that each gets a file of its own.
        files.append(try store.make())
        #expect(files.last?.write(record) == nil)
      }
      files = []
    }
    let ages = try store.look().kept.map {
      try TalkFileTests.record().linkedAt.milliseconds - $0.record.linkedAt.milliseconds
    }
    #expect(ages == [10, 20, 30])
  }

  @Test func oneThatIsOverLeavesNothing() throws {
    let home = try Home()
    do {
      let file = try store(home).make()
      #expect(file.write(try TalkFileTests.record(unconfirmed: ["a secret"])) == nil)
      file.clear()
    }
    #expect(try store(home).look().kept.isEmpty)
    #expect(try store(home).make().path.string == path(home), "the file is used again")
    var status = stat()
    #expect(stat(path(home), &status) == 0 && status.st_size == 0)
  }

  @Test func anotherUsersReachIsRefused() throws {
    let home = try Home()
    do { _ = try store(home).make().write(try TalkFileTests.record()) }
    chmod(path(home), 0o644)
    #expect(try store(home).look().obstacle != nil)
    chmod(path(home), 0o600)
    link(path(home), home.path + "/other-name")
    #expect(try store(home).look().obstacle != nil)
    unlink(home.path + "/other-name")
    chmod(home.path + "/.local/state/chatclient/talks", 0o777)
    #expect(try store(home).look().obstacle != nil)
  }

  @Test func oneThatCannotBeUsedHidesNoOther() throws {
    let home = try Home()
    let store = try store(home)
    let record = try TalkFileTests.record(unconfirmed: ["hi"])
    for number in 1...3 {
      files.append(try store.make())
      if number > 1 { #expect(files.last?.write(record) == nil) } else { try damage(home) }
    }
    files = []
    chmod(path(home), 0o644)
    let found = store.look()
    guard case .file(let path, .exposed)? = found.obstacle else {
      Issue.record("\(String(describing: found.obstacle))")
      return
    }
    #expect(path.string == self.path(home))
    #expect(found.kept.map(\.record) == [record, record])
    #expect(try store.make().path.string == self.path(home, 4))
  }

  @Test func aDamagedOnesPlaceIsUsedAgain() throws {
    let home = try Home()
    do { _ = try store(home).make() }
    try damage(home)
    let record = try TalkFileTests.record(unconfirmed: ["hi"])
    do {
      let file = try #require(try store(home).look().damaged.first)
      file.clear()
      #expect(file.write(record) == nil)
    }
    let found = try store(home).look()
    #expect(found.kept.map(\.record) == [record] && found.damaged.isEmpty)
  }

  /// Puts what is no conversation in the first file.
  private func damage(_ home: Home) throws {
    let descriptor = open(path(home), O_WRONLY)
    try #require(descriptor >= 0)
    #expect("something else".withCString { Glibc.write(descriptor, $0, 14) } == 14)
    close(descriptor)
  }

  @Test func aFileThatIsNoneIsLeftAlone() throws {
    let home = try Home()
    do { _ = try store(home).make() }
    let descriptor = open(path(home), O_WRONLY)
    _ = "something else".withCString { Glibc.write(descriptor, $0, 14) }
    close(descriptor)
    let found = try store(home).look()
    #expect(found.damaged.map(\.path.string) == [path(home)])
    #expect(found.kept.isEmpty)
    #expect(try store(home).make().path.string == path(home, 2))
  }

  @Test func soManyAtOnceAndNoMore() throws {
    let home = try Home()
    let store = try store(home)
    files = try (1...16).map { _ in
      let file = try store.make()
      _ = file.write(try TalkFileTests.record())
      return file
    }
    #expect(throws: TalkStore.Obstacle.self) { try store.make() }
    files = []
    #expect(store.look().kept.count == 16)
  }

  private var files: [TalkFile] {
    get { held.files }
    nonmutating set { held.files = newValue }
  }

  private final class Held { var files: [TalkFile] = [] }
  private let held = Held()

  @Test func aDiskThatIsFullIsReportedOnceAndWhenThereIsRoom() throws {
    // /dev/full: every write is ENOSPC.
    let full = TalkFile(
      PrivateFile(descriptor: try FileDescriptor.open("/dev/full", .readWrite)), at: "/dev/full")
    guard case .failed(let error)? = full.write(try TalkFileTests.record()) else {
      Issue.record("it was written")
      return
    }
    #expect(error.errno == .noSpace)
    #expect(full.write(try TalkFileTests.record()) == nil)
  }
}

import ChatPosix
import ChatSecure
import Glibc
import Testing

@testable import ChatClient

/// The file in which a server is remembered.
@Suite struct ServerMemoryTests {
  private static func fingerprint() throws -> Fingerprint {
    try PrivateKey.random().publicKey.fingerprint
  }

  @Test func aServerIsRememberedFromTheFirstTalkOn() throws {
    let home = try Home()
    let memory = try home.memory()
    #expect(memory.known == nil)
    #expect(home.mode(home.servers) == 0, "nothing is made for a server that may not answer")
    memory.prepare()
    #expect(home.mode(home.file) == 0o600)
    #expect(home.mode(home.servers) == 0o700)
    #expect(try home.text() == "")
    #expect(try home.memory().known == nil, "an empty file is a server that is not known")

    let (print, key) = (try Self.fingerprint(), try PrivateKey.random())
    guard case .done = memory.remember(.pinned(print), ownKey: key) else {
      Issue.record("not remembered")
      return
    }
    let known = try #require(try home.memory().known)
    #expect(known.trust == .pinned(print))
    #expect(known.ownKey?.publicKey == key.publicKey)
    #expect(known.since == Clock.localTime(Clock.realtimeMilliseconds()).dayText)
    #expect(try home.memory(host: "LOCALHOST").known?.trust == .pinned(print))
    #expect(try home.memory(host: "localhost.").known == nil)
  }

  @Test(arguments: [0o000, 0o022, 0o277] as [mode_t])
  func theUmaskOpensNothingAndTakesNothing(mask: mode_t) throws {
    // Of the whole process: no test beside this one looks at modes then.
    let home = try Home()
    let memory = try home.memory()
    let before = umask(mask)
    memory.prepare()
    umask(before)
    #expect(home.mode(home.file) == 0o600)
    #expect(home.mode(home.servers) & 0o077 == 0)
  }

  @Test func twoThatMeetItAtOnceRememberOneKey() throws {
    let home = try Home()
    let (one, other) = (try home.memory(), try home.memory())
    one.prepare()
    other.prepare()
    let print = try Self.fingerprint()
    guard case .done = one.remember(.pinned(print), ownKey: try .random()) else {
      Issue.record("the first")
      return
    }
    let text = try home.text()
    guard case .known(let known) = other.remember(.pinned(try Self.fingerprint()), ownKey: nil)
    else {
      Issue.record("the second")
      return
    }
    #expect(known.trust == .pinned(print))
    #expect(try home.text() == text)
  }

  @Test(arguments: ["x", "\n", "chatclient server 2\n", "chatclient server 1\nclear\n"])
  func whatIsDamagedIsNotAnUnknownServer(text: String) throws {
    let home = try Home()
    try home.write(text)
    let failure = #expect(throws: ServerMemory.Failure.self) { try home.memory() }
    guard case .damaged? = failure?.cause else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(try home.text() == text)
    #expect(try home.forget())
    #expect(try home.memory().known == nil)
  }

  /// At every length that a cut could leave, but for none and all.
  @Test func everyCutOfAFileIsDamage() throws {
    let home = try Home()
    let memory = try home.memory()
    memory.prepare()
    _ = memory.remember(.pinned(try Self.fingerprint()), ownKey: try .random())
    let text = try home.text()
    for length in 1..<text.utf8.count {
      try home.write(String(text.prefix(length)))
      #expect(throws: ServerMemory.Failure.self, "\(length) bytes") { try home.memory() }
    }
  }

  @Test(arguments: [0o640, 0o604, 0o620] as [mode_t])
  func whatOthersCanReachIsRefused(mode: mode_t) throws {
    let home = try Home()
    try home.write("", mode: mode)
    let failure = #expect(throws: ServerMemory.Failure.self) { try home.memory() }
    guard case .file(.exposed)? = failure?.cause else {
      Issue.record("\(String(describing: failure))")
      return
    }
  }

  @Test func aDirectoryThatOthersMayChangeIsRefused() throws {
    let home = try Home()
    try home.write("")
    try #require(chmod(home.servers, 0o777) == 0)
    let failure = #expect(throws: ServerMemory.Failure.self) { try home.memory() }
    guard case .file(.exposedDirectory)? = failure?.cause else {
      Issue.record("\(String(describing: failure))")
      return
    }
  }

  /// A file where the directory should be: no place to remember in, and no reason
  /// not to talk.
  @Test func whatCannotBeMadeIsAnObstacleAndNoFailure() throws {
    let home = try Home()
    try home.write("")
    try #require(unlink(home.file) == 0)
    try #require(rmdir(home.servers) == 0)
    try #require(symlink("nowhere/at/all", home.servers) == 0)
    let memory = try home.memory()
    memory.prepare()
    guard case .failed(.file(.system)) = memory.remember(.clear, ownKey: nil) else {
      Issue.record("remembered")
      return
    }
  }

  @Test func whereThereIsNoPlaceNothingIsRemembered() throws {
    let home = try Home()
    let memory = try home.memory(host: String(repeating: "h", count: 250))
    memory.prepare()
    guard case .failed(.noName) = memory.remember(.clear, ownKey: nil) else {
      Issue.record("remembered")
      return
    }
    // The base directory specification: not relative.
    let other = try ServerMemory(host: "h", port: 1) {
      ["HOME": home.path, "XDG_CONFIG_HOME": "relative"][$0]
    }
    #expect(other.path?.string == home.path + "/.config/chatclient/servers/[h]:1")
    let third = try ServerMemory(host: "h", port: 1) {
      ["HOME": home.path, "XDG_CONFIG_HOME": "/elsewhere"][$0]
    }
    #expect(third.path?.string == "/elsewhere/chatclient/servers/[h]:1")
  }

  @Test func whatIsForgottenIsUnknown() throws {
    let home = try Home()
    #expect(try !home.forget())
    let memory = try home.memory()
    memory.prepare()
    #expect(try !home.forget(), "an empty file is nothing")
    #expect(home.mode(home.file) == 0)
    let again = try home.memory()
    again.prepare()
    _ = again.remember(.pinned(try Self.fingerprint()), ownKey: nil)
    #expect(try home.forget())
    #expect(try home.memory().known == nil)
  }
}

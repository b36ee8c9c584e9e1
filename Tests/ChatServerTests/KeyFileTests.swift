import ChatPosix
import ChatSecure
import Glibc
import Testing

@testable import ChatServer

@Suite struct KeyFileTests {
  @Test func whereItIs() {
    func path(_ option: String?, _ variables: [String: String]) -> String? {
      KeyFile.path(option: option) { variables[$0] }
    }
    #expect(path("k", ["XDG_CONFIG_HOME": "/c"]) == "k")
    #expect(path(nil, ["XDG_CONFIG_HOME": "/c", "HOME": "/h"]) == "/c/chatserve/key")
    #expect(path("", ["XDG_CONFIG_HOME": "c", "HOME": "/h"]) == "/h/.config/chatserve/key")
    #expect(path(nil, ["XDG_CONFIG_HOME": "", "HOME": "/h"]) == "/h/.config/chatserve/key")
  }

  private func withDirectory(_ body: (String) throws -> Void) throws {
    let root = "/tmp/chat-key-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    try #require(mkdir(root, 0o700) == 0)
    defer { _ = try? Remover.remove(root) }
    try body(root)
  }

  @Test func itIsMadeOnceAndReadAgain() throws {
    try withDirectory { root in
      let file = KeyFile(path: root + "/a/b/key")
      #expect(try file.read() == nil)
      let key = try #require(try file.make())
      #expect(try file.read()?.publicKey == key.publicKey)
      #expect(try file.make() == nil, "one that is there stays")
      #expect(try file.key().key.publicKey == key.publicKey)
      #expect(try !file.key().isTemporary)
      let absent = KeyFile(path: root + "/none", mayBeMade: false)
      #expect(try absent.key().isTemporary)
      #expect(access(root + "/none", F_OK) != 0)
    }
  }

  /// What the signer of a run has that was started again.
  @Test func aRunThatHasAKeyGetsNoOther() throws {
    try withDirectory { root in
      let file = KeyFile(path: root + "/key")
      let first = try file.key().key.certificate()
      #expect(try file.key(known: first).key.publicKey == first.publicKey)
      unlink(root + "/key")
      #expect(throws: KeyTrouble(.unreadable, errno: ENOENT)) { try file.key(known: first) }
      #expect(access(root + "/key", F_OK) != 0, "no key that nobody knows")
      let unwritten = KeyFile(path: root + "/key", mayBeMade: false)
      #expect(throws: KeyTrouble(.unreadable, errno: ENOENT)) { try unwritten.key(known: first) }

      // And one that was kept nowhere has another, whatever is there by now.
      let temporary = try PrivateKey.random().certificate(isTemporary: true)
      let other = try #require(try file.make())
      let again = try unwritten.key(known: temporary)
      #expect(again.isTemporary && again.key.publicKey != other.publicKey)
    }
  }

  @Test func whatAConversationCanReachIsRefused() throws {
    try withDirectory { root in
      for name in ["talk", "keys"] { mkdir("\(root)/\(name)", 0o700) }
      symlink(root + "/talk", root + "/link")
      func isBelow(_ key: String, _ database: String) -> Bool {
        KeyFile(path: root + key).isBelowTranscript(root + database)
      }
      #expect(isBelow("/talk/key", "/talk/t.db"))
      #expect(isBelow("/talk/deep/er/key", "/talk/t.db"))
      #expect(isBelow("/link/key", "/talk/t.db"))
      #expect(isBelow("/talk/key", "/link/t.db"))
      #expect(isBelow("/keys/key", "/t.db"))
      #expect(isBelow("/new/key", "/new/t.db"), "neither is there yet")
      #expect(isBelow("/keys/../talk/key", "/talk/t.db"))
      #expect(!isBelow("/keys/key", "/talk/t.db"))
      #expect(!isBelow("/talk/../keys/key", "/talk/t.db"))
      #expect(!isBelow("/talker/key", "/talk/t.db"))
      #expect(!isBelow("/key", "/talk/deep/t.db"))
    }
  }
}

private enum Remover {
  static func remove(_ path: String) throws {
    if unlink(path) == 0 { return }
    guard let stream = opendir(path) else { return }
    defer { closedir(stream) }
    while let found = readdir(stream) {
      let name = withUnsafeBytes(of: found.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { try remove(path + "/" + name) }
    }
    rmdir(path)
  }
}

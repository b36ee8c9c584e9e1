import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  @Suite struct FileTests {
    /// Runs `body` with a directory of its own, which goes with what is in it.
    private func inDirectory(_ body: (FilePath) throws -> Void) throws {
      var template = Array("/tmp/posix-test-XXXXXX".utf8CString)
      try #require(mkdtemp(&template) != nil)
      let directory = FilePath(platformString: template)
      defer {
        for name in ["one", "two"] { _ = try? FileNames.remove(directory.appending(name)) }
        rmdir(directory.string)
      }
      try body(directory)
    }

    @Test func aNewFileIsForThisUserAlone() throws {
      try inDirectory { directory in
        let path = directory.appending("one")
        let descriptor = try FileDescriptor.create(path)
        defer { descriptor.closeOnce() }
        try descriptor.writeAll("text")
        try descriptor.flush()
        var status = stat()
        try #require(stat(path.string, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(status.st_size == 4)
        #expect(throws: SystemCallError(call: "open", errno: .fileExists)) {
          try FileDescriptor.create(path)
        }
        #expect(!FileNames.isExecutable(path))
        #expect(FileNames.isExecutable("/bin/sh"))
      }
    }

    @Test func linksAreFollowedToTheirEnd() throws {
      try inDirectory { directory in
        let one = directory.appending("one")
        let two = directory.appending("two")
        #expect(symlink("two", one.string) == 0)
        // Also to what is not there yet.
        #expect(try FileNames.followingLinks(one) == two)
        #expect(try FileNames.followingLinks(two) == two)
        #expect(symlink("/nowhere/at-all", two.string) == 0)
        #expect(try FileNames.followingLinks(one) == "/nowhere/at-all")
        try FileNames.remove(two)
        #expect(symlink("one", two.string) == 0)
        #expect(throws: SystemCallError(call: "readlink", errno: .tooManySymbolicLinkLevels)) {
          try FileNames.followingLinks(one)
        }
        // Links of /proc lead to what has no name.
        for path in ["/dev/fd/0", "/proc/self/fd/0", "/proc/self/exe"] as [FilePath] {
          #expect(try FileNames.followingLinks(path) == path)
        }
        #expect(try FileNames.followingLinks("no-such-name") == "no-such-name")
      }
    }

    @Test func namesAreChangedAndTakenAway() throws {
      try inDirectory { directory in
        let one = directory.appending("one")
        let two = directory.appending("two")
        try FileDescriptor.create(one).closeOnce()
        try FileDescriptor.create(two).closeOnce()
        try FileNames.rename(one, to: two)
        try FileNames.flushDirectory(of: two)
        #expect(try !FileNames.remove(one))
        #expect(try FileNames.remove(two))
        #expect(throws: SystemCallError(call: "rename", errno: .noSuchFileOrDirectory)) {
          try FileNames.rename(one, to: two)
        }
        #expect(throws: SystemCallError(call: "unlink", errno: .notDirectory)) {
          try FileNames.remove("/dev/null/x")
        }
      }
    }

    @Test func whatANameLeadsToIsKnown() throws {
      try inDirectory { directory in
        let one = directory.appending("one")
        let two = directory.appending("two")
        #expect(try FileNames.target(of: one) == nil)
        #expect(try FileNames.target(of: "/dev/null/x") == nil)
        #expect(try FileIdentity(of: one) == nil)
        let descriptor = try FileDescriptor.create(one)
        try descriptor.writeAll("text")
        descriptor.closeOnce()
        try #require(symlink(one.string, two.string) == 0)
        #expect(try FileNames.target(of: two) == .file(size: 4))
        #expect(try FileNames.target(of: directory) == .other)
        #expect(try FileIdentity(of: one) == FileIdentity(of: two))
        #expect(try FileIdentity(of: one) != FileIdentity(of: directory))
        let loop = SystemCallError(call: "stat", errno: .tooManySymbolicLinkLevels)
        unlink(one.string)
        try #require(symlink(two.string, one.string) == 0)
        #expect(throws: loop) { try FileNames.target(of: one) }
        #expect(throws: SystemCallError(call: "access", errno: .noSuchFileOrDirectory)) {
          try FileNames.checkWritable(directory.appending("three"))
        }
      }
    }

    @Test func aDirectoryIsMadeForThisUserAloneAndOnce() throws {
      try inDirectory { directory in
        let path = directory.appending("made")
        defer { rmdir(path.string) }
        #expect(try FileNames.makeDirectory(path))
        #expect(try !FileNames.makeDirectory(path))
        var status = stat()
        try #require(stat(path.string, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
        #expect(throws: SystemCallError(call: "mkdir", errno: .noSuchFileOrDirectory)) {
          try FileNames.makeDirectory(directory.appending("none").appending("made"))
        }
      }
    }

    @Test func aNewFileIsReadableWhateverTheUmask() throws {
      try inDirectory { directory in
        let mask = umask(0o777)
        defer { umask(mask) }
        try FileDescriptor.create(directory.appending("one")).closeOnce()
        #expect(try FileNames.target(of: directory.appending("one")) == .file(size: 0))
        var status = stat()
        try #require(stat(directory.appending("one").string, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
      }
    }

    @Test func aFileIsReplacedAndNothingElseIs() throws {
      try inDirectory { directory in
        let one = directory.appending("one")
        let two = directory.appending("two")
        #expect(FileNames.isReplaceable(one))
        try FileDescriptor.create(one).closeOnce()
        #expect(FileNames.isReplaceable(one))
        #expect(!FileNames.isReplaceable(directory))
        #expect(!FileNames.isReplaceable("/dev/null"))
        try #require(symlink(one.string, two.string) == 0)
        #expect(!FileNames.isReplaceable(two))
      }
    }

    @Test func whatALinkLeadsToIsEmptiedAndWritten() throws {
      try inDirectory { directory in
        let one = directory.appending("one")
        let two = directory.appending("two")
        try #require(symlink(one.string, two.string) == 0)
        for text in ["longer", "text"] {
          let descriptor = try FileDescriptor.openEmptied(two)
          defer { descriptor.closeOnce() }
          try descriptor.writeAll(text)
          var status = stat()
          try #require(lstat(one.string, &status) == 0)
          #expect(status.st_mode == S_IFREG | 0o600)
          #expect(status.st_size == off_t(text.utf8.count))
        }
        #expect(throws: SystemCallError(call: "open", errno: .isDirectory)) {
          try FileDescriptor.openEmptied(directory)
        }
      }
    }

    @Test func aFullDiskIsTold() throws {
      try inDirectory { directory in
        let descriptor = try FileDescriptor.create(directory.appending("one"))
        defer { descriptor.closeOnce() }
        try SystemCallScript.run([("fsync", .fails(.interrupted)), ("fsync", .fails(.noSpace))]) {
          script in
          #expect(throws: SystemCallError(call: "fsync", errno: .noSpace)) {
            try descriptor.flush()
          }
          #expect(script.remaining == 0)
        }
      }
    }
  }

  @Suite struct ShellProcessTests {
    @Test func theShellReadsWhatItIsGiven() throws {
      let status = try inChild {
        let input = try Pipe.open()
        let output = try Pipe.open()
        // What this process ignores and blocks must not reach the shell.
        Signals.leaveInterruptToChild()
        try Signals.install([.terminate])
        let script =
          "exec >/proc/self/fd/\(output.writeEnd.rawValue); read word; echo $word; kill -s INT $$; echo no"
        try #require(fcntl(output.writeEnd.rawValue, F_SETFD, 0) == 0)
        try input.readEnd.setNonBlocking(false)
        let shell = try ShellProcess.start(script, input: input.readEnd)
        output.writeEnd.closeOnce()
        input.readEnd.closeOnce()
        try input.writeEnd.writeAll("hello\n")
        let ended = try ChildProcess.wait(for: shell)
        let told = try read(100, from: output.readEnd)
        return told == Array("hello\n".utf8) && ended == .signaled(SIGINT, coreDumped: false)
      }
      #expect(status == .exited(0))
    }

    @Test func aScriptThatIsNoProgramEndsWith127() throws {
      let pipe = try Pipe.open()
      defer {
        pipe.readEnd.closeOnce()
        pipe.writeEnd.closeOnce()
      }
      let shell = try ShellProcess.start("exec /nowhere/at-all 2>/dev/null", input: pipe.readEnd)
      #expect(try ChildProcess.wait(for: shell) == .exited(127))
    }
  }
}

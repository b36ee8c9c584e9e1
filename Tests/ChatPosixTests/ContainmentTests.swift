import CPosix
import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  /// Whatever this machine's kernel lacks is not tested here, and said so.
  @Suite struct ContainmentTests {
    private let inside: FilePath
    private let outside: FilePath
    private let containment: Containment

    init() throws {
      let root = FilePath(
        "/tmp/chatposix-contain-\(getpid())-\(UInt64.random(in: 0 ... .max))")
      inside = root.appending("inside")
      outside = root.appending("outside")
      for directory in [root, inside, outside] { try #require(mkdir(directory.string, 0o700) == 0) }
      containment = Containment(
        .conversation, directory: inside, readableFiles: ["/dev/urandom", "/dev/absent"])
    }

    private func clean() {
      for name in ["a/again/file", "a/again", "a", "b"] {
        unlink(inside.appending(name).string)
        rmdir(inside.appending(name).string)
      }
      rmdir(inside.string)
      rmdir(outside.string)
      rmdir(inside.removingLastComponent().string)
    }

    /// The errno of a call that must fail; 0 when it did not.
    private func failure(_ call: () -> Int32) -> Int32 { call() == -1 ? errno : 0 }

    private func openFailure(_ path: FilePath, _ flags: Int32, _ mode: mode_t = 0o600) -> Int32 {
      failure { open(path.string, flags, mode) }
    }

    private func isMissing(_ layer: Containment.Layer) -> Bool {
      Containment.missingLayers().contains(layer)
    }

    @Test func powersAndResourcesAreThere() {
      defer { clean() }
      #expect(!isMissing(.powers) && !isMissing(.resources))
    }

    @Test func onlyTheNamedFilesAreWithinReach() throws {
      defer { clean() }
      try #require(!isMissing(.files), "this kernel has no Landlock")
      try #require(openFailure(inside.appending("b"), O_CREAT | O_RDWR) == 0)
      let status = try inChild {
        guard containment.apply([.files]).isEmpty else { return false }
        let file = inside.appending("a")
        return openFailure("/etc/passwd", O_RDONLY) == EACCES
          && openFailure("/dev/urandom", O_RDONLY) == 0
          && openFailure("/dev/urandom", O_WRONLY) == EACCES
          && openFailure(outside, O_RDONLY) == EACCES
          && openFailure(outside.appending("a"), O_CREAT | O_WRONLY) == EACCES
          && failure { mkdir(outside.appending("d").string, 0o700) } == EACCES
          && failure { mkdir(inside.appending("d").string, 0o700) } == EACCES
          && failure { mkfifo(inside.appending("f").string, 0o600) } == EACCES
          && failure { symlink("/etc/passwd", inside.appending("l").string) } == EACCES
          && openFailure(inside, O_RDONLY) == 0
          && openFailure(file, O_CREAT | O_EXCL | O_RDWR) == 0
          && openFailure(file, O_RDWR | O_TRUNC) == 0
          && openFailure(inside.appending("b"), O_RDWR) == 0
          && failure { unlink(file.string) } == 0
          && openFailure(file, O_CREAT | O_EXCL | O_RDWR) == 0
      }
      #expect(status == .exited(0))
    }

    /// Both by ftruncate(2) and by O_TRUNC; a file that is made later is not named.
    @Test func whatIsNotNamedIsNotCut() throws {
      defer { clean() }
      try #require(!isMissing(.files), "this kernel has no Landlock")
      try #require(cposix_landlock_version() >= 3, "this kernel's Landlock knows no cuts")
      let (named, other) = (inside.appending("a"), inside.appending("b"))
      for file in [named, other] { try #require(openFailure(file, O_CREAT | O_RDWR) == 0) }
      var some = containment
      some.shrinkableFiles = [named, inside.appending("absent")]
      let status = try inChild {
        guard some.apply([.files]).isEmpty else { return false }
        return openFailure(named, O_RDWR | O_TRUNC) == 0
          && openFailure(other, O_RDWR | O_TRUNC) == EACCES
          && failure { ftruncate(open(named.string, O_RDWR), 0) } == 0
          && failure { ftruncate(open(other.string, O_RDWR), 0) } == EACCES
          && failure { Int32(write(open(other.string, O_RDWR), "x", 1)) } == 0
          && failure { unlink(named.string) } == 0
          && openFailure(named, O_CREAT | O_EXCL | O_RDWR) == 0
          && failure { ftruncate(open(named.string, O_RDWR), 0) } == EACCES
      }
      #expect(status == .exited(0))
    }

    @Test func noProgramIsStartedByLandlockAlone() throws {
      defer { clean() }
      try #require(!isMissing(.files), "this kernel has no Landlock")
      let status = try inChild {
        guard containment.apply([.files]).isEmpty else { return false }
        return executeFailure() == EACCES
      }
      #expect(status == .exited(0))
    }

    /// The errno of execve("/bin/true"), which does not return otherwise.
    private func executeFailure() -> Int32 {
      let name = strdup("/bin/true")
      var arguments = [name, nil]
      return failure { execv("/bin/true", &arguments) }
    }

    @Test func theDirectoryMayBeMadeAgain() throws {
      defer { clean() }
      try #require(!isMissing(.files), "this kernel has no Landlock")
      let again = inside.appending("a").appending("again")
      let lost = Containment(.keeper, directory: again)
      let status = try inChild {
        guard lost.apply([.files]).isEmpty else { return false }
        return openFailure("/etc/passwd", O_RDONLY) == EACCES
          && failure { mkdir(inside.appending("a").string, 0o700) } == 0
          && failure { mkdir(again.string, 0o700) } == 0
          && openFailure(again.appending("file"), O_CREAT | O_RDWR) == 0
          && openFailure(outside.appending("file"), O_CREAT | O_RDWR) == EACCES
      }
      #expect(status == .exited(0))
    }

    @Test func aRulesetOfTheFirstVersionDoes() throws {
      defer { clean() }
      try #require(!isMissing(.files), "this kernel has no Landlock")
      let status = try inChild {
        let ruleset = cposix_landlock_ruleset(1, true)
        guard ruleset != -1, cposix_no_new_privileges() == 0 else { return false }
        return cposix_landlock_restrict(ruleset) == 0
          && openFailure("/etc/passwd", O_RDONLY) == EACCES
      }
      #expect(status == .exited(0))
    }

    @Test func callsAreBarred() throws {
      defer { clean() }
      try #require(!isMissing(.calls), "this machine has no system call filters")
      let status = try inChild {
        guard containment.apply([.calls]).isEmpty else { return false }
        let parent = getppid()
        return executeFailure() == EPERM
          && forkFailure() == .notPermitted
          && failure { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) } == EPERM
          && failure { socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) } == EPERM
          && failure { chmod(inside.string, 0o777) } == EPERM
          && failure { truncate(inside.string, 0) } == EPERM
          && failure { kill(parent, SIGTERM) } == EPERM
          && failure { kill(getpid(), SIGTERM) } == EPERM
          && failure { kill(0, SIGKILL) } == EPERM
          && getpid() > 0 && openFailure("/etc/passwd", O_RDONLY) == 0
      }
      #expect(status == .exited(0))
    }

    /// Which calls each role may make is `SystemCallTests`', of the programs; here
    /// is what the denied ones would have done.
    @Test func nothingReachesOtherProcesses() throws {
      defer { clean() }
      try #require(!isMissing(.calls), "this machine has no system call filters")
      let pair = try SocketPair.open()
      let terminal = try Terminal()
      let status = try inChild {
        guard containment.apply([.calls]).isEmpty else { return false }
        let socket = pair.one.descriptor.rawValue
        var key: CInt = 10
        return failure { ioctl(terminal.slave.rawValue, UInt(TIOCSTI), &key) } == EPERM
          && failure { ioctl(socket, UInt(FIOASYNC), &key) } == EPERM
          && failure { fcntl(socket, F_SETOWN, getpid()) } == EPERM
          // F_SETSIG, F_SETOWN_EX, F_SETLEASE
          && failure { fcntl(socket, 10, SIGKILL) } == EPERM
          && failure { fcntl(socket, 15, 0) } == EPERM
          && failure { fcntl(socket, 1024, 0) } == EPERM
          && failure { fcntl(socket, F_SETFL, O_ASYNC | O_NONBLOCK) } == EPERM
          && failure { fcntl(socket, F_SETFL, O_NONBLOCK) } == 0
          && failure { setpriority(__priority_which_t(0), 0, 19) } == EPERM
          && failure { shmget(IPC_PRIVATE, 4096, 0o600) } == EPERM
          && failure { nice(1) } == EPERM
      }
      #expect(status == .exited(0))
      pair.one.close()
      pair.other.close()
      terminal.close()
    }

    @Test func noFileBecomesAProgram() throws {
      defer { clean() }
      try #require(!isMissing(.calls), "this machine has no system call filters")
      let file = inside.appending("a")
      let status = try inChild {
        guard containment.apply([.calls]).isEmpty else { return false }
        guard openFailure(file, O_CREAT | O_RDWR, 0o6755) == EPERM else { return false }
        let made = open(file.string, O_CREAT | O_RDWR, 0o600)
        return made >= 0 && failure { fchmod(made, 0o6755) } == EPERM
          && failure { fchmod(made, 0o700) } == EPERM && failure { fchmod(made, 0o640) } == 0
          && failure { chmod(file.string, 0o600) } == EPERM
          && failure { futimens(made, nil) } == EPERM
          && failure { rename(file.string, file.string + "b") } == EPERM
          && failure { link(file.string, file.string + "b") } == EPERM
      }
      #expect(status == .exited(0))
    }

    @Test func memoryIsNeitherSharedNorExecutable() throws {
      defer { clean() }
      try #require(!isMissing(.calls), "this machine has no system call filters")
      let status = try inChild {
        let file = open(inside.appending("a").string, O_CREAT | O_RDWR, 0o600)
        ftruncate(file, 1 << 20)
        guard containment.apply([.calls]).isEmpty else { return false }
        let both = PROT_READ | PROT_WRITE
        let plain = mmap(nil, 4096, both, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return plain != MAP_FAILED
          && failure { mprotect(plain, 4096, PROT_READ | PROT_EXEC) } == EPERM
          && mapFailure(both | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS) == EPERM
          && mapFailure(both, MAP_SHARED | MAP_ANONYMOUS) == EPERM
          && mapFailure(both, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN) == EPERM
          && mapFailure(both, MAP_SHARED, file) == EPERM
          && mapFailure(both, MAP_SHARED, file, 32 * 1024) == 0
      }
      #expect(status == .exited(0))
    }

    private func mapFailure(
      _ protection: Int32, _ flags: Int32, _ file: Int32 = -1, _ length: Int = 1 << 20
    ) -> Int32 {
      mmap(nil, length, protection, flags, file, 0) == MAP_FAILED ? errno : 0
    }

    @Test func withoutADirectoryNoNameIsLookedUp() throws {
      defer { clean() }
      try #require(!isMissing(.calls), "this machine has no system call filters")
      for role in [Containment.Role.conversation, .client, .idleDesk] {
        let status = try inChild {
          guard Containment(role).apply([.calls]).isEmpty else { return false }
          var status = stat()
          return failure { stat("/etc/passwd", &status) } == EPERM
            && failure { access("/etc/passwd", F_OK) } == EPERM
            && openFailure("/dev/null", O_RDONLY) == EPERM
        }
        #expect(status == .exited(0))
      }
    }

    /// As the kernel's documentation has it,
    /// https://docs.kernel.org/userspace-api/landlock.html: version 4 and 6.
    @Test func landlockShutsTheNetworkAndSignals() throws {
      defer { clean() }
      try #require(cposix_landlock_version() >= 6, "this kernel's Landlock has no scopes")
      let listener = try ListeningSocket.open(port: 0, address: "127.0.0.1")
      defer { listener.close() }
      let address = try #require(try Resolver.resolve("127.0.0.1", port: listener.boundPort).first)
      for role in [Containment.Role.conversation, .keeper] {
        let status = try inChild {
          let parent = getppid()
          guard Containment(role, directory: inside).apply([.files]).isEmpty else { return false }
          let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
          return failure { address.withSockaddr { connect(socket, $0, $1) } } == EACCES
            && failure { address.withSockaddr { bind(socket, $0, $1) } } == EACCES
            && failure { kill(parent, 0) } == (role == .keeper ? EPERM : 0)
            && failure { kill(getpid(), 0) } == 0
        }
        #expect(status == .exited(0), "\(role)")
      }
    }

    private func forkFailure() -> Errno? {
      do throws(SystemCallError) {
        _ = try ChildProcess.fork { 0 }
        return nil
      } catch {
        return error.errno
      }
    }

    @Test func itMayStillEndAndStopItself() throws {
      defer { clean() }
      let dead = try startChild {
        containment.apply()
        abort()
      }
      #expect(try ChildProcess.wait(for: dead) == .signaled(SIGABRT, coreDumped: false))
      let stopped = try startChild {
        guard setpgid(0, 0) == 0 else { return false }
        containment.apply()
        Signals.stopProcessGroup()
        return true
      }
      var status: Int32 = 0
      #expect(waitpid(stopped, &status, WUNTRACED) == stopped)
      #expect(status == SIGTSTP << 8 | 0x7f)
      kill(stopped, SIGCONT)
      #expect(try ChildProcess.wait(for: stopped) == .exited(0))
    }

    @Test(arguments: [0, 100])
    func resourcesAreBounded(besides open: Int) throws {
      defer { clean() }
      let status = try inChild {
        // As in a conversation of a listener that has many.
        for _ in 0..<open { guard dup(1) >= 0 else { return false } }
        guard containment.apply([.resources]).isEmpty else { return false }
        guard !cposix_is_sanitized() else { return true }
        return maximum(RLIMIT_NOFILE) == 64 && maximum(__RLIMIT_NPROC) == 0
          && maximum(RLIMIT_CORE) == 0 && maximum(RLIMIT_DATA) == Containment.memory
          && mmap(
            nil, 256 * 1024 * 1024, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            == MAP_FAILED
          // RLIMIT_DATA does not count what is shared.
          && mmap(
            nil, 256 * 1024 * 1024, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
            == MAP_FAILED
      }
      #expect(status == .exited(0))
    }

    private func maximum(_ resource: __rlimit_resource) -> UInt64 {
      var bounds = rlimit()
      getrlimit(Int32(bitPattern: resource.rawValue), &bounds)
      return bounds.rlim_cur == bounds.rlim_max ? UInt64(bounds.rlim_max) : .max
    }

    @Test func aLowerLimitStays() throws {
      defer { clean() }
      let status = try inChild {
        var low = rlimit(rlim_cur: 20, rlim_max: 30)
        setrlimit(Int32(bitPattern: RLIMIT_NOFILE.rawValue), &low)
        guard containment.apply([.resources]).isEmpty else { return false }
        var bounds = rlimit()
        getrlimit(Int32(bitPattern: RLIMIT_NOFILE.rawValue), &bounds)
        return bounds.rlim_cur == 20 && bounds.rlim_max == 30
      }
      #expect(status == .exited(0))
    }

    /// Of root's powers a process that opens files keeps CAP_DAC_READ_SEARCH, bit 2, and
    /// in another's directory CAP_DAC_OVERRIDE, bit 1; any other nothing.
    @Test(arguments: Containment.Role.allCases, [nil, 0, 65_534] as [uid_t?])
    func powersAreGivenUp(role: Containment.Role, owner: uid_t?) throws {
      defer { clean() }
      let containment = Containment(role, directory: owner == nil ? nil : inside)
      if getuid() == 0, let owner { try #require(chown(inside.string, owner, owner) == 0) }
      let bit = getuid() != 0 || owner == nil ? 0 : owner == 0 ? 4 : 2
      let kept = "000000000000000\(bit)"
      let status = try inChild {
        guard containment.apply([.powers]).isEmpty else { return false }
        let status = try statusLines()
        return status["NoNewPrivs"] == "1" && status["CapInh"] == "0000000000000000"
          && status["CapEff"] == kept && status["CapPrm"] == kept
      }
      #expect(status == .exited(0))
    }

    /// Root's process cannot give a file away, nor change one that is not its own.
    @Test(.enabled(if: getuid() == 0))
    func rootsProcessIsNoRoot() throws {
      defer { clean() }
      let (own, others) = (inside.appending("a"), inside.appending("b"))
      for file in [own, others] { try #require(openFailure(file, O_CREAT | O_RDWR) == 0) }
      try #require(chown(others.string, 65_534, 65_534) == 0)
      let status = try inChild {
        guard containment.apply([.powers]).isEmpty else { return false }
        let descriptor = open(own.string, O_RDWR)
        return descriptor >= 0 && failure { fchown(descriptor, 65_534, 65_534) } == EPERM
          && failure { fchown(descriptor, 0, 0) } == 0
          && openFailure(others, O_RDWR) == EACCES
          && failure { chmod(others.string, 0o644) } == EPERM
      }
      #expect(status == .exited(0))
    }

    @Test func everyLayerAtOnce() throws {
      defer { clean() }
      let missing = Set(Containment.missingLayers())
      let status = try inChild {
        // Read through a descriptor opened before: it cannot be opened after.
        let file = try FileDescriptor.open("/proc/self/status", .readOnly)
        guard Set(containment.apply().keys) == missing else { return false }
        let status = try statusLines(file)
        let filters = missing.contains(.calls) ? "0" : "2"
        return status["NoNewPrivs"] == "1" && status["Seccomp"] == filters
          && openFailure(inside.appending("a"), O_CREAT | O_RDWR) == 0
          && (missing.contains(.files) || openFailure("/etc/passwd", O_RDONLY) == EACCES)
      }
      #expect(status == .exited(0))
    }

    private func statusLines(_ open: FileDescriptor? = nil) throws -> [Substring: String] {
      let file = try open ?? FileDescriptor.open("/proc/self/status", .readOnly)
      var bytes = [UInt8](repeating: 0, count: 8192)
      guard case .bytes(let count) = try file.readAvailable(into: &bytes) else { return [:] }
      var lines: [Substring: String] = [:]
      for line in String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n") {
        let parts = line.split(separator: ":\t", maxSplits: 1)
        if let name = parts.first, let value = parts.dropFirst().first {
          lines[name] = String(value)
        }
      }
      return lines
    }

    @Test func aFailedLayerDoesNotTakeTheOthersAlong() throws {
      defer { clean() }
      let status = try inChild {
        let name = "landlock_create_ruleset"
        return try SystemCallScript.run([(name, .fails(.notSupported))]) { _ in
          let failures = containment.apply([.powers, .files, .resources])
          let bound = maximum(__RLIMIT_NPROC)
          return failures == [.files: SystemCallError(call: name, errno: .notSupported)]
            && bound == 0 && openFailure("/etc/passwd", O_RDONLY) == 0
        }
      }
      #expect(status == .exited(0))
    }
  }
}

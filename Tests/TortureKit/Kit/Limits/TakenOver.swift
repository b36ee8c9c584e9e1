import ChatPosix
import Glibc
import Harness

/// A conversation's process that a peer has taken over, and what it would then do
/// to the operator's shell, to other processes and with memory and files.
///
/// It forks, so the process that runs it must have one thread: `torture`.
public enum TakenOver {
  /// - Returns: what was tried.
  /// - Throws: ``TortureFailure``, what the process could do.
  public static func run() throws -> String {
    var tried: [String] = []
    try Stage.run { stage in
      for attack in try attacks(in: stage.home) {
        defer { attack.after() }
        let process = try ChildProcess.fork {
          attack.before()
          let containment = Containment(.conversation, directory: FilePath(stage.home))
          guard containment.apply().isEmpty else { return 2 }
          return attack.isDenied() ? 0 : 1
        }
        let status = try ChildProcess.wait(for: process)
        try hold(status != .exited(2), "the containment is incomplete here")
        try hold(
          status == .exited(0) && attack.hasHeld(),
          "a conversation that is taken over may \(attack.name) (\(status))")
        tried.append(attack.name)
      }
    }
    return "cannot \(tried.joined(separator: ", "))"
  }

  private struct Attack {
    var name: String
    /// In the process, before it is contained.
    var before: () -> Void = {}
    /// In the process: whether the kernel refused.
    var isDenied: () -> Bool
    /// Outside, when the process is gone.
    var hasHeld: () -> Bool = { true }
    var after: () -> Void = {}
  }

  private static func attacks(in directory: String) throws -> [Attack] {
    [try typing(), try killing()]
      + memory(directory) + files(directory)
  }

  /// TIOCSTI on the terminal that it shares with the shell; ioctl_tty(2).
  private static func typing() throws -> Attack {
    var ends: (Int32, Int32) = (-1, -1)
    guard openpty(&ends.0, &ends.1, nil, nil, nil) == 0 else {
      throw TortureFailure("no pseudoterminal")
    }
    let (master, slave) = ends
    return Attack(
      name: "type into the shell",
      before: {
        setsid()
        _ = ioctl(slave, UInt(TIOCSCTTY), 0)
      },
      isDenied: {
        var key: CChar = 10
        return ioctl(slave, UInt(TIOCSTI), &key) == -1 && errno == EPERM
      },
      after: {
        close(master)
        close(slave)
      })
  }

  /// A signal by way of a socket whose owner is another process: F_SETOWN,
  /// F_SETSIG, O_ASYNC; fcntl(2).
  private static func killing() throws -> Attack {
    let signals: (owner: Int32, signal: Int32) = (8, 10)
    // Ends by itself if it is not killed.
    let victim = try ChildProcess.fork {
      alarm(60)
      while true { pause() }
    }
    let pair = try SocketPair.open()
    return Attack(
      name: "kill another process",
      isDenied: {
        let socket = pair.one.descriptor.rawValue
        let results = [
          fcntl(socket, signals.owner, victim), fcntl(socket, signals.signal, SIGKILL),
          fcntl(socket, F_SETFL, O_ASYNC | O_NONBLOCK), kill(victim, SIGKILL),
        ]
        // What arrives now is told to the socket's owner.
        _ = try? pair.other.send([1])
        return results.allSatisfy { $0 == -1 }
      },
      hasHeld: { kill(victim, 0) == 0 && ProcessTable.entry(victim)?.state != "Z" },
      after: {
        ChildProcess.kill(victim)
        _ = try? ChildProcess.wait(for: victim)
        pair.one.close()
        pair.other.close()
      })
  }

  /// Bytes past which memory is not bounded: the limit is 128 MiB.
  private static let tooMuch = 192 << 20

  private static func memory(_ directory: String) -> [Attack] {
    let both = PROT_READ | PROT_WRITE
    func fills(_ step: Int, _ flags: Int32, _ file: Int32 = -1) -> Bool {
      for _ in 0..<(tooMuch / step) {
        if mmap(nil, step, both, flags, file, 0) == MAP_FAILED { return false }
      }
      return true
    }
    return [
      Attack(name: "share more than 128 MiB of memory") {
        !fills(1 << 20, MAP_SHARED | MAP_ANONYMOUS)
      },
      Attack(name: "map more than 128 MiB of a file") {
        let file = open(directory + "/map", O_CREAT | O_RDWR, 0o600)
        ftruncate(file, 64 * 1024)
        return !fills(64 * 1024, MAP_SHARED, file)
      },
      Attack(name: "have more than 128 MiB of stacks") {
        !fills(1 << 20, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN)
      },
      Attack(name: "leave memory of System V behind") {
        let memory = shmget(IPC_PRIVATE, 1 << 20, 0o600)
        if memory >= 0 { shmctl(memory, IPC_RMID, nil) }
        return memory == -1
      },
      Attack(name: "make code") { mmap(nil, 4096, both | PROT_EXEC, 0x22, -1, 0) == MAP_FAILED },
    ]
  }

  private static func files(_ directory: String) -> [Attack] {
    let set = directory + "/set"
    let listener = id_t(getpid())
    func isPlain() -> Bool {
      var status = stat()
      return stat(set, &status) == -1 || status.st_mode & 0o7111 == 0
    }
    return [
      Attack(
        name: "make a set-user-ID program by its mode",
        isDenied: { open(set, O_CREAT | O_WRONLY, 0o6755) == -1 }, hasHeld: isPlain),
      Attack(
        name: "make a file one",
        isDenied: { fchmod(open(set, O_CREAT | O_WRONLY, 0o600), 0o6755) == -1 },
        hasHeld: isPlain),
      Attack(name: "date a file back") {
        futimens(open(set, O_CREAT | O_WRONLY, 0o600), nil) == -1
      },
      Attack(name: "slow the listener down") {
        setpriority(__priority_which_t(0), listener, 19) == -1
      },
    ]
  }
}

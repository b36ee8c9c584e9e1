#if DEBUG
  import CPosix
  import SystemPackage

  /// What a test wants the next system calls of its own thread to do, in place
  /// of or on top of what the kernel does. Debug builds only.
  final class SystemCallScript {
    /// One forced outcome; it is used up by the first call of its name.
    enum Outcome: Hashable {
      /// The call is not made and fails with this errno.
      case fails(Errno)
      /// The call is made, with at most this many bytes.
      case moves(Int)
    }

    private var outcomes: [(call: String, outcome: Outcome)]
    /// The calls that used something of this script, in order.
    private(set) var used: [String] = []

    private init(_ outcomes: [(String, Outcome)]) {
      self.outcomes = outcomes.map { (call: $0.0, outcome: $0.1) }
    }

    /// Outcomes that no call has used up.
    var remaining: Int { outcomes.count }

    /// Runs `body` under the script.
    @discardableResult
    static func run<Value>(
      _ outcomes: [(String, Outcome)], _ body: (SystemCallScript) throws -> Value
    ) throws -> Value {
      precondition(cposix_seam_get() == nil, "a script is already running on this thread")
      let script = SystemCallScript(outcomes)
      cposix_seam_set(Unmanaged.passUnretained(script).toOpaque())
      defer {
        cposix_seam_set(nil)
        withExtendedLifetime(script) {}
      }
      return try body(script)
    }

    /// The script of this thread, if it has one.
    static var current: SystemCallScript? {
      cposix_seam_get().map { Unmanaged<SystemCallScript>.fromOpaque($0).takeUnretainedValue() }
    }

    func takeErrno(for call: String) -> Errno? {
      guard case .fails(let errno)? = first(for: call) else { return nil }
      removeFirst(for: call)
      return errno
    }

    func takeLimit(for call: String) -> Int? {
      guard case .moves(let limit)? = first(for: call) else { return nil }
      removeFirst(for: call)
      return limit
    }

    private func first(for call: String) -> Outcome? {
      outcomes.first { $0.call == call }?.outcome
    }

    private func removeFirst(for call: String) {
      guard let index = outcomes.firstIndex(where: { $0.call == call }) else { return }
      outcomes.remove(at: index)
      used.append(call)
    }
  }
#endif

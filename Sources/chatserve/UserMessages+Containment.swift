import ChatPosix

/// What this system cannot keep from the processes that read what peers wrote.
extension UserMessages {
  static func uncontained(_ layers: [Containment.Layer], _ isKept: Bool) -> String {
    let lacks = layers.map {
      switch $0 {
      case .powers: "take this user's powers from conversations"
      case .resources: "limit the memory of conversations"
      case .files:
        "keep conversations from "
          + (isKept ? "other files than the transcript" : "this user's files") + " (no Landlock)"
      case .calls: "keep conversations from other programs and the network (no seccomp)"
      }
    }
    return "Warning: this kernel cannot \(lacks.joined(separator: ", nor "))."
  }
}

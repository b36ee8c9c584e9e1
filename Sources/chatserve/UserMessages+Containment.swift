import ChatPosix

/// What this system cannot keep from the processes that read what peers wrote.
extension UserMessages {
  static func uncontained(_ layers: [Containment.Layer], _ isKept: Bool) -> String {
    let reach = layers.map {
      switch $0 {
      case .powers: "this user's powers"
      case .resources: "unlimited memory"
      case .files:
        "\(isKept ? "other files than the transcript" : "this user's files") "
          + "(there is no Landlock here)"
      case .calls: "other programs and the network (there is no seccomp here)"
      }
    }
    let all = reach.joined(separator: ", ")
    let processes = isKept ? "Conversations and the transcript's keeper" : "Conversations"
    return "\(processes) are not kept from \(all)."
  }
}

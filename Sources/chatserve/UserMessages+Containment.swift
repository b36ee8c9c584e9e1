import ChatPosix

/// What this system cannot keep a conversation's process from.
extension UserMessages {
  static func uncontained(_ layers: [Containment.Layer]) -> String {
    let reach = layers.map {
      switch $0 {
      case .powers: "this user's powers"
      case .resources: "unlimited memory"
      case .files: "other files than the transcript (there is no Landlock here)"
      case .calls: "other programs and the network (there is no seccomp here)"
      }
    }
    return "Conversations are not kept from \(reach.joined(separator: ", "))."
  }
}

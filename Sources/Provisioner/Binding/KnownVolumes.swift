/// Which PVs the controller-manager surely knows. A pure value; what it wants done it returns as actions.
///
/// A claim that says it is bound to a PV which the controller-manager has not seen yet is `Lost` to it, for good. When
/// it sees a PV nobody can tell from the outside: its watch may lag, and the one worker that takes PVs in may be held up
/// by its own request limit for seconds, behind the PVs of claims that were deleted. So it is asked, with a PV that
/// means nothing, the probe (``ProbeVolume``): whoever sets its phase back has got to it in the same queue.
///
/// One answer is not enough. A queue holds each name once, so that a probe which stood in it already (for an earlier
/// change) is answered ahead of a PV that came in between. The answer itself is a change, which puts the probe at the
/// end of the queue, behind that PV: with the second round that began after a PV was saved, it is known.
struct KnownVolumes: Hashable, Sendable {
    /// Something happened.
    enum Event: Hashable, Sendable {
        /// A PV has been saved that its claim is to be bound to.
        case saved(String)
        /// A PV is of no more interest.
        case forgotten(String)
        /// The probe could not be written for this round.
        case failed(round: Int)
        /// The controller-manager has answered this round.
        case answered(round: Int)
        /// This round has taken long: its write, or the answer, may be lost.
        case overdue(round: Int)
    }

    /// What to do.
    enum Action: Hashable, Sendable {
        /// Write the probe for this round, and tell when it has failed or is overdue.
        case probe(round: Int)
        /// The controller-manager knows these PVs.
        case known([String])
        /// The controller-manager has not answered for so many rounds.
        case silent(rounds: Int)
    }

    /// How many answers make a PV known.
    private static let needed = 2

    private struct Waiting: Hashable {
        /// The last round that began before the PV was saved.
        var after: Int
        /// How many rounds that began later were answered.
        var answers = 0
    }

    private var waiting: [String: Waiting] = [:]
    private var lastRound = 0
    /// The round under way.
    private var round: Int?
    private var unanswered = 0

    /// How many PVs wait.
    var count: Int { waiting.count }

    /// Takes in an event. Events of rounds that are over are of no interest.
    mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .saved(let name):
            waiting[name] = Waiting(after: lastRound)
            return begin()
        case .forgotten(let name):
            waiting[name] = nil
            return []
        case .failed(let failed):
            guard failed == round else { return [] }
            round = nil
            return begin()
        case .overdue(let late):
            guard late == round else { return [] }
            round = nil
            unanswered += 1
            return [.silent(rounds: unanswered)] + begin()
        case .answered(let answered):
            guard answered == round else { return [] }
            round = nil
            unanswered = 0
            let known = count(answered)
            return (known.isEmpty ? [] : [.known(known)]) + begin()
        }
    }

    private mutating func count(_ answered: Int) -> [String] {
        var known: [String] = []
        for (name, entry) in waiting where entry.after < answered {
            if entry.answers + 1 < Self.needed {
                waiting[name]?.answers += 1
            } else {
                known.append(name)
                waiting[name] = nil
            }
        }
        return known.sorted()
    }

    private mutating func begin() -> [Action] {
        guard round == nil, !waiting.isEmpty else { return [] }
        lastRound += 1
        round = lastRound
        return [.probe(round: lastRound)]
    }
}

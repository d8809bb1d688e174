import KubernetesModel

/// Secrets as they were read within the last ``lifetime``, so that a burst of claims reads each of them once. A
/// rotated key is seen after that time, or at once when Ceph refuses the old one and ``forget(_:)`` is called.
///
/// Safe to use from any task.
actor SecretCache {
    private struct Entry {
        var secret: Secret?
        var readAt: ContinuousClock.Instant
    }

    /// How long a Secret is taken for current.
    static let lifetime = Duration.seconds(30)

    private let read: @Sendable (SecretReference) async throws(APIFailure) -> Secret?
    private var entries: [SecretReference: Entry] = [:]
    private var reading: [SecretReference: Task<Result<Secret?, APIFailure>, Never>] = [:]

    /// A cache over `read`, which keeps a deadline of its own.
    init(read: @escaping @Sendable (SecretReference) async throws(APIFailure) -> Secret?) {
        self.read = read
    }

    /// The credentials in a Secret; nil if there is no such Secret.
    ///
    /// - Throws: ``ProvisionFailure`` when it cannot be read, or holds no credentials.
    func credentials(
        _ reference: SecretReference, defaultUser: String?
    ) async throws(ProvisionFailure) -> CephCredentials? {
        guard let secret = try await secret(reference) else { return nil }
        return try CephCredentials(secret: reference, data: secret.data, defaultUser: defaultUser)
    }

    /// Reads a Secret anew the next time.
    func forget(_ reference: SecretReference) {
        entries[reference] = nil
    }

    private func secret(_ reference: SecretReference) async throws(ProvisionFailure) -> Secret? {
        if let entry = entries[reference], entry.readAt.duration(to: .now) < Self.lifetime { return entry.secret }
        let attempt = reading[reference] ?? startReading(reference)
        do {
            return try await attempt.value.get()
        } catch {
            throw .notReady(
                "cannot read Secret \(reference.key): \(error.message)", cause: "cannot read Secret \(reference.key)")
        }
    }

    /// One request serves everybody who waits, so it runs in a task of its own that no waiter's cancellation ends.
    private func startReading(_ reference: SecretReference) -> Task<Result<Secret?, APIFailure>, Never> {
        let attempt = Task {
            let outcome: Result<Secret?, APIFailure>
            do throws(APIFailure) {
                outcome = .success(try await self.read(reference))
            } catch {
                outcome = .failure(error)
            }
            self.store(outcome, for: reference)
            return outcome
        }
        reading[reference] = attempt
        return attempt
    }

    /// A Secret that is not there is not remembered: it is likely to be made at this moment.
    private func store(_ outcome: Result<Secret?, APIFailure>, for reference: SecretReference) {
        reading[reference] = nil
        if case .success(let secret?) = outcome { entries[reference] = Entry(secret: secret, readAt: .now) }
    }
}

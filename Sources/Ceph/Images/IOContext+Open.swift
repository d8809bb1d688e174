import CephShim
import Logging
import Vocabulary

extension IOContext {
    /// Opens an image, lends it to `body`, closes it.
    ///
    /// Throws `.notFound` if there is none, also for an image whose creation was cut short. The image is closed on
    /// every way out, after the calls on it that are still under way; a task that was cancelled does not wait for
    /// that. An image that opens after the task was cancelled is closed again.
    /// - Implements: rbd_aio_open, rbd_aio_open_by_id, rbd_aio_open_read_only, rbd_aio_open_by_id_read_only,
    ///   rbd_aio_close
    public func withImage<Value>(
        _ spec: ImageSpec, mode: ImageMode = .readOnly, isolation: isolated (any Actor)? = #isolation,
        _ body: (Image) async throws(CephError) -> Value
    ) async throws(CephError) -> Value {
        let image = try await open(spec, mode)
        let value: Value
        do throws(CephError) {
            value = try await body(image)
        } catch {
            await close(image)
            throw error
        }
        await close(image)
        return value
    }

    private func open(_ spec: ImageSpec, _ mode: ImageMode) async throws(CephError) -> Image {
        let call = try call(Self.function(spec, mode), spec.text)
        try call.refuseNUL(spec.snapshot ?? "")
        let connection = cluster.connection
        let place = CCell<UnsafeMutableRawPointer?>(nil)
        let opening = AsyncCall(call, table: connection.table, cancel: nil) { result throws(CephError) in
            try call.check(result)
            guard let raw = place.value else { throw call.outOfMemory() }
            return Image(ImageHandle(raw, of: connection), in: self, name: spec.text)
        }
        return try await opening.run(.rbd, limit: timeouts.objectLimit) { completion in
            Self.submit(raw, spec, mode, place.pointer, completion)
        }
    }

    private static func function(_ spec: ImageSpec, _ mode: ImageMode) -> String {
        switch (spec.key, mode) {
        case (.name, .readWrite): "rbd_aio_open"
        case (.name, .readOnly): "rbd_aio_open_read_only"
        case (.id, .readWrite): "rbd_aio_open_by_id"
        case (.id, .readOnly): "rbd_aio_open_by_id_read_only"
        }
    }

    private static func submit(
        _ context: UnsafeMutableRawPointer, _ spec: ImageSpec, _ mode: ImageMode,
        _ place: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ completion: UnsafeMutableRawPointer
    ) -> Int32 {
        switch (spec.key, mode) {
        case (.name(let name), .readWrite): rbd_aio_open(context, name, place, spec.snapshot, completion)
        case (.name(let name), .readOnly): rbd_aio_open_read_only(context, name, place, spec.snapshot, completion)
        case (.id(let id), .readWrite): rbd_aio_open_by_id(context, id, place, spec.snapshot, completion)
        case (.id(let id), .readOnly): rbd_aio_open_by_id_read_only(context, id, place, spec.snapshot, completion)
        }
    }

    /// Closes an image in a task of its own, so that it is closed in a cancelled task, too. A task that is cancelled
    /// does not wait for that, and nobody waits longer than a last call and the close may take.
    private func close(_ image: Image) async {
        let logger = cluster.connection.logger
        let limit = timeouts.objectLimit + timeouts.objectLimit
        let closed = Promise<Void>()
        Task {
            do throws(CephError) {
                try await image.close()
            } catch {
                logger.warning("an image could not be closed in order", metadata: ["error": "\(error)"])
            }
            closed.complete(.success(()))
        }
        let patience = Task {
            try await Task.sleep(for: limit)
            closed.complete(.success(()))
        }
        _ = await withTaskCancellationHandler {
            await closed.value()
        } onCancel: {
            closed.complete(.success(()))
        }
        patience.cancel()
    }
}

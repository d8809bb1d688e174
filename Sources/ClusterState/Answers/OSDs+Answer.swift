import KubernetesModel
import Vocabulary

extension OSDUsage {
    /// The OSDs of the answer to `osd df`, those outside of the tree too, by number.
    ///
    /// - Throws: ``CephAnswerError`` with the field.
    public static func list(osdDF bytes: [UInt8]) throws(CephAnswerError) -> [OSDUsage] {
        let answer = try Answer(bytes)
        var result: [OSDUsage] = []
        for node in try answer.objects("nodes") + (answer.json["stray"] == nil ? [] : try answer.objects("stray")) {
            let id = try node.number("id", Int32.self)
            guard id >= 0 else { continue }
            result.append(
                OSDUsage(
                    osd: OSDID(id), total: try node.kib("kb"), used: try node.kib("kb_used"),
                    available: try node.kib("kb_avail"), usedByData: try node.kib("kb_used_data"),
                    usedByOmap: try node.kib("kb_used_omap"), usedByMetadata: try node.kib("kb_used_meta"),
                    pgs: try node.numberOrZero("pgs")))
        }
        return result.sorted { $0.osd < $1.osd }
    }
}

extension OSDMetadata {
    /// The OSDs of the answer to `osd metadata`, by number.
    ///
    /// - Throws: ``CephAnswerError`` with the field.
    public static func list(osdMetadata bytes: [UInt8]) throws(CephAnswerError) -> [OSDMetadata] {
        var result: [OSDMetadata] = []
        for answer in try Answer.list(bytes) {
            var metadata = OSDMetadata(
                osd: OSDID(try answer.number("id")), hostname: answer.optionalText("hostname"))
            metadata.podName = answer.optionalText("pod_name")
            metadata.podNamespace = answer.optionalText("pod_namespace")
            metadata.nodeName = answer.optionalText("node_name")
            metadata.containerName = answer.optionalText("container_name")
            metadata.defaultDeviceClass = answer.optionalText("default_device_class")
            metadata.isRotational = answer.optionalText("rotational").map { $0 != "0" }
            metadata.deviceSize = answer.optionalText("bluestore_bdev_size").flatMap { UInt64($0) }.map(ByteCount.init)
            metadata.devices = (answer.optionalText("devices") ?? "").split(separator: ",").map(String.init)
            metadata.objectStore = answer.optionalText("osd_objectstore")
            metadata.frontAddress = answer.optionalText("front_addr")
            metadata.backAddress = answer.optionalText("back_addr")
            metadata.version = answer.optionalText("ceph_version_short")
            result.append(metadata)
        }
        return result.sorted { $0.osd < $1.osd }
    }
}

extension PoolUsage {
    /// The pools of the answer to `df detail`, by number.
    ///
    /// - Throws: ``CephAnswerError`` with the field.
    public static func list(dfDetail bytes: [UInt8]) throws(CephAnswerError) -> [PoolUsage] {
        var result: [PoolUsage] = []
        for pool in try Answer(bytes).objects("pools") {
            let stats = try pool.object("stats")
            let quotaBytes = try stats.numberOrZero("quota_bytes", UInt64.self)
            let quotaObjects = try stats.numberOrZero("quota_objects", UInt64.self)
            result.append(
                PoolUsage(
                    pool: PoolID(try pool.number("id")), name: try pool.text("name"),
                    stored: ByteCount(try stats.number("stored")), used: ByteCount(try stats.number("bytes_used")),
                    objects: try stats.number("objects"), maximumAvailable: ByteCount(try stats.number("max_avail")),
                    quotaBytes: quotaBytes == 0 ? nil : ByteCount(quotaBytes),
                    quotaObjects: quotaObjects == 0 ? nil : quotaObjects))
        }
        return result.sorted { $0.pool < $1.pool }
    }
}

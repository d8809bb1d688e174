{{/* The chart's name. */}}
{{- define "holdfast.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The first part of every object's name: the release's name if it holds the chart's, else both. At most 40 characters,
so that what is put behind it fits a label. */}}
{{- define "holdfast.fullname" -}}
{{- $name := include "holdfast.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "holdfast.provisioner" -}}
{{ include "holdfast.fullname" . }}-provisioner
{{- end -}}

{{- define "holdfast.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "holdfast.provisioner" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name is needed when serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* What tells this release's pods from all others; cannot be changed after the first install. */}}
{{- define "holdfast.selectorLabels" -}}
app.kubernetes.io/name: {{ include "holdfast.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: provisioner
{{- end -}}

{{- define "holdfast.labels" -}}
{{ include "holdfast.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: holdfast
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "holdfast.replicas" -}}
{{ ternary 1 (int .Values.replicas) .Values.allInOne }}
{{- end -}}

{{- define "holdfast.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "holdfast.configMap" -}}
{{ default (printf "%s-ceph-config" (include "holdfast.fullname" .)) .Values.cephConfig.existingConfigMap }}
{{- end -}}

{{/* The Lease: what the provisioner itself makes of its name when it is not told one. */}}
{{- define "holdfast.lease" -}}
{{ default (.Values.provisionerName | replace "/" "-") (index .Values.settings "lease-name") }}
{{- end -}}

{{/* The parameters of a class, with the Secret that stands for three. Argument: {class, namespace}. */}}
{{- define "holdfast.parameters" -}}
{{- $parameters := dict -}}
{{- with .class.secret -}}
{{- range $use := list "provisioner" "controller-expand" "node-stage" -}}
{{- $_ := set $parameters (printf "csi.storage.k8s.io/%s-secret-name" $use) $.class.secret.name -}}
{{- $_ := set $parameters (printf "csi.storage.k8s.io/%s-secret-namespace" $use) (default $.namespace $.class.secret.namespace) -}}
{{- end -}}
{{- end -}}
{{- mergeOverwrite $parameters .class.parameters | toJson -}}
{{- end -}}

{{/* The Secret that a class provisions with, as {name, namespace}; {} if it names none. The order is the provisioner's. */}}
{{- define "holdfast.classSecret" -}}
{{- $p := . -}}
{{- $found := dict -}}
{{- range $pair := list (list "csi.storage.k8s.io/provisioner-secret-name" "csi.storage.k8s.io/provisioner-secret-namespace")
      (list "csiProvisionerSecretName" "csiProvisionerSecretNamespace")
      (list "csi.storage.k8s.io/secret-name" "csi.storage.k8s.io/secret-namespace") -}}
{{- if and (not $found) (hasKey $p (first $pair)) -}}
{{- $found = dict "name" (get $p (first $pair)) "namespace" (get $p (last $pair)) -}}
{{- end -}}
{{- end -}}
{{- if not $found -}}
{{- /* The older family, whose keys may be spelled in any case. */ -}}
{{- $old := dict "adminsecretnamespace" "default" -}}
{{- range $key, $value := $p -}}
{{- $_ := set $old (lower $key) $value -}}
{{- end -}}
{{- with $old.adminsecretname -}}
{{- $found = dict "name" . "namespace" $old.adminsecretnamespace -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/* The Secrets that may be read: {namespace: [name, ...]}, from `secrets` and from the classes. Names with tokens in them
are known only when a claim is there: those have to be listed in `secrets`. */}}
{{- define "holdfast.secrets" -}}
{{- $all := dict -}}
{{- range .Values.secrets -}}
{{- $namespace := default $.Release.Namespace .namespace -}}
{{- $_ := set $all $namespace (concat (default list (get $all $namespace)) .names | uniq | sortAlpha) -}}
{{- end -}}
{{- range .Values.storageClasses -}}
{{- $parameters := include "holdfast.parameters" (dict "class" . "namespace" $.Release.Namespace) | fromJson -}}
{{- $secret := include "holdfast.classSecret" $parameters | fromJson -}}
{{- if and $secret (not (contains "${" (printf "%s%s" $secret.name $secret.namespace))) -}}
{{- $_ := set $all $secret.namespace (append (default list (get $all $secret.namespace)) $secret.name | uniq | sortAlpha) -}}
{{- end -}}
{{- end -}}
{{- toJson $all -}}
{{- end -}}

{{/* The classes whose Secret cannot be known beforehand, as names with commas. */}}
{{- define "holdfast.tokenClasses" -}}
{{- $names := list -}}
{{- range .Values.storageClasses -}}
{{- $parameters := include "holdfast.parameters" (dict "class" . "namespace" $.Release.Namespace) | fromJson -}}
{{- $secret := include "holdfast.classSecret" $parameters | fromJson -}}
{{- if and $secret (contains "${" (printf "%s%s" $secret.name $secret.namespace)) -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- end -}}
{{- join ", " $names -}}
{{- end -}}

{{/* What contradicts itself, and cannot be told by the schema. */}}
{{- define "holdfast.check" -}}
{{- if and .Values.cephClusters .Values.cephConfig.existingConfigMap -}}
{{- fail "cephClusters and cephConfig.existingConfigMap are both set: keep one of them" -}}
{{- end -}}
{{- $ids := list -}}
{{- range .Values.cephClusters -}}
{{- if has .clusterID $ids -}}
{{- fail (printf "cephClusters: the clusterID %s is there twice" .clusterID) -}}
{{- end -}}
{{- $ids = append $ids .clusterID -}}
{{- end -}}
{{- $names := list -}}
{{- $defaults := list -}}
{{- range .Values.storageClasses -}}
{{- if has .name $names -}}
{{- fail (printf "storageClasses: the name %s is there twice" .name) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- if .default -}}
{{- $defaults = append $defaults .name -}}
{{- end -}}
{{- if and (hasKey .parameters "clusterID") $ids (not (has .parameters.clusterID $ids)) (not $.Values.cephConf.existingConfigMap) -}}
{{- fail (printf "storageClasses: %s has the clusterID %s, which is not among cephClusters (%s)" .name .parameters.clusterID (join ", " $ids)) -}}
{{- end -}}
{{- end -}}
{{- if gt (len $defaults) 1 -}}
{{- fail (printf "storageClasses: only one can be the default, and %s are" (join ", " $defaults)) -}}
{{- end -}}
{{- end -}}

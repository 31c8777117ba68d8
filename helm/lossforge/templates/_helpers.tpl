{{- define "lossforge.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Name of what there is one of; leaves room for suffixes such as -worker-gpu. */}}
{{- define "lossforge.fullname" -}}
{{- $name := include "lossforge.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* What never changes for a pod: dict root, component. */}}
{{- define "lossforge.selectorLabels" -}}
app.kubernetes.io/name: {{ include "lossforge.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "lossforge.labels" -}}
{{ include "lossforge.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "lossforge.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "lossforge.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "lossforge.databaseSecret" -}}
{{- required "database.existingSecret is required: the name of a Secret with the database's password" .Values.database.existingSecret }}
{{- end }}

{{- define "lossforge.apiKeysSecret" -}}
{{- default (printf "%s-api-keys" (include "lossforge.fullname" .)) .Values.apiKeys.existingSecret }}
{{- end }}

{{- define "lossforge.blobsClaim" -}}
{{- default (printf "%s-blobs" (include "lossforge.fullname" .)) .Values.storage.file.existingClaim }}
{{- end }}

{{- define "lossforge.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "lossforge.securityContext" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Settings that server and workers share. */}}
{{- define "lossforge.environment" -}}
{{- with .Values.database.url }}
- name: SPRING_DATASOURCE_URL
  value: {{ . | quote }}
{{- end }}
{{- with .Values.database.username }}
- name: SPRING_DATASOURCE_USERNAME
  value: {{ . | quote }}
{{- end }}
- name: LOSSFORGE_STORAGE_KIND
  value: {{ .Values.storage.kind }}
{{- if eq .Values.storage.kind "s3" }}
{{- with .Values.storage.s3 }}
- name: LOSSFORGE_STORAGE_S3_BUCKET
  value: {{ .bucket | quote }}
{{- with .endpoint }}
- name: LOSSFORGE_STORAGE_S3_ENDPOINT
  value: {{ . | quote }}
{{- end }}
- name: LOSSFORGE_STORAGE_S3_REGION
  value: {{ .region | quote }}
- name: LOSSFORGE_STORAGE_S3_PATHSTYLE
  value: {{ .pathStyle | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Secrets come as files, named as the settings they are: not in the environment, which child processes inherit. */}}
{{- define "lossforge.volumeMounts" -}}
- name: data
  mountPath: /data
- name: tmp
  mountPath: /tmp
- name: database
  mountPath: /run/lossforge/database
  readOnly: true
{{- if eq .Values.storage.kind "file" }}
- name: blobs
  mountPath: /data/blobs
{{- else if .Values.storage.s3.existingSecret }}
- name: s3
  mountPath: /run/lossforge/s3
  readOnly: true
{{- end }}
{{- end }}

{{/* dict root, cacheSize */}}
{{- define "lossforge.volumes" -}}
{{- $values := .root.Values -}}
- name: data
  emptyDir:
    sizeLimit: {{ .cacheSize }}
- name: tmp
  emptyDir:
    sizeLimit: 1Gi
- name: database
  secret:
    secretName: {{ include "lossforge.databaseSecret" .root }}
    defaultMode: 0440
    items:
      {{- if not $values.database.url }}
      - key: {{ $values.database.keys.url }}
        path: spring.datasource.url
      {{- end }}
      {{- if not $values.database.username }}
      - key: {{ $values.database.keys.username }}
        path: spring.datasource.username
      {{- end }}
      - key: {{ $values.database.keys.password }}
        path: spring.datasource.password
{{- if eq $values.storage.kind "file" }}
- name: blobs
  persistentVolumeClaim:
    claimName: {{ include "lossforge.blobsClaim" .root }}
{{- else if $values.storage.s3.existingSecret }}
- name: s3
  secret:
    secretName: {{ $values.storage.s3.existingSecret }}
    defaultMode: 0440
    items:
      - key: {{ $values.storage.s3.keys.accessKey }}
        path: lossforge.storage.s3.access-key
      - key: {{ $values.storage.s3.keys.secretKey }}
        path: lossforge.storage.s3.secret-key
{{- end }}
{{- end }}

{{/* Where pods go: dict root, component, pool */}}
{{- define "lossforge.placement" -}}
topologySpreadConstraints:
{{- if .pool.topologySpreadConstraints }}
  {{- toYaml .pool.topologySpreadConstraints | nindent 2 }}
{{- else }}
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "lossforge.selectorLabels" . | nindent 8 }}
{{- end }}
{{- with .pool.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .pool.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .pool.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .pool.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/* A pod is made anew when what it mounts or reads changes: dict root, component, pool */}}
{{- define "lossforge.podMetadata" -}}
metadata:
  labels:
    {{- include "lossforge.labels" . | nindent 4 }}
    {{- with .pool.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .pool.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "lossforge.podDisruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "lossforge.fullname" .root }}-{{ .component }}
  labels:
    {{- include "lossforge.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ .pool.podDisruptionBudget.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "lossforge.selectorLabels" . | nindent 6 }}
{{- end }}

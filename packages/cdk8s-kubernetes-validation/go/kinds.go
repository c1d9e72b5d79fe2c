package main

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apiserver/pkg/registry/rest"

	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/apps"
	appsv1 "k8s.io/kubernetes/pkg/apis/apps/v1"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	autoscalingv1 "k8s.io/kubernetes/pkg/apis/autoscaling/v1"
	autoscalingv2 "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	"k8s.io/kubernetes/pkg/apis/batch"
	batchv1 "k8s.io/kubernetes/pkg/apis/batch/v1"
	"k8s.io/kubernetes/pkg/apis/coordination"
	coordinationv1 "k8s.io/kubernetes/pkg/apis/coordination/v1"
	"k8s.io/kubernetes/pkg/apis/core"
	corev1 "k8s.io/kubernetes/pkg/apis/core/v1"
	"k8s.io/kubernetes/pkg/apis/networking"
	networkingv1 "k8s.io/kubernetes/pkg/apis/networking/v1"
	"k8s.io/kubernetes/pkg/apis/node"
	nodev1 "k8s.io/kubernetes/pkg/apis/node/v1"
	"k8s.io/kubernetes/pkg/apis/policy"
	policyv1 "k8s.io/kubernetes/pkg/apis/policy/v1"
	"k8s.io/kubernetes/pkg/apis/rbac"
	rbacv1 "k8s.io/kubernetes/pkg/apis/rbac/v1"
	"k8s.io/kubernetes/pkg/apis/scheduling"
	schedulingv1 "k8s.io/kubernetes/pkg/apis/scheduling/v1"
	"k8s.io/kubernetes/pkg/apis/storage"
	storagev1 "k8s.io/kubernetes/pkg/apis/storage/v1"

	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/replicaset"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/coordination/lease"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/endpoint"
	"k8s.io/kubernetes/pkg/registry/core/limitrange"
	"k8s.io/kubernetes/pkg/registry/core/namespace"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolume"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/registry/core/podtemplate"
	"k8s.io/kubernetes/pkg/registry/core/replicationcontroller"
	"k8s.io/kubernetes/pkg/registry/core/resourcequota"
	"k8s.io/kubernetes/pkg/registry/core/secret"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/networking/ingressclass"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/node/runtimeclass"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrole"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrolebinding"
	"k8s.io/kubernetes/pkg/registry/rbac/role"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"
	"k8s.io/kubernetes/pkg/registry/scheduling/priorityclass"
	"k8s.io/kubernetes/pkg/registry/storage/csidriver"
	"k8s.io/kubernetes/pkg/registry/storage/storageclass"
)

// group is one API group: its types without a version, its versions (the preferred one first), and how the server
// creates its kinds.
type group struct {
	addToScheme []func(*runtime.Scheme) error
	versions    []schema.GroupVersion
	strategies  map[string]rest.RESTCreateStrategy
}

// The packages' own Install functions would register old versions too, which no server has served for years.
var groups = []group{
	{
		[]func(*runtime.Scheme) error{core.AddToScheme, corev1.AddToScheme},
		[]schema.GroupVersion{corev1.SchemeGroupVersion},
		map[string]rest.RESTCreateStrategy{
			"ConfigMap":             configmap.Strategy,
			"Endpoints":             endpoint.Strategy,
			"LimitRange":            limitrange.Strategy,
			"Namespace":             namespace.Strategy,
			"PersistentVolume":      persistentvolume.Strategy,
			"PersistentVolumeClaim": persistentvolumeclaim.Strategy,
			"Pod":                   pod.Strategy,
			"PodTemplate":           podtemplate.Strategy,
			"ReplicationController": replicationcontroller.Strategy,
			"ResourceQuota":         resourcequota.Strategy,
			"Secret":                secret.Strategy,
			"Service":               service.Strategy,
			"ServiceAccount":        serviceaccount.Strategy,
		},
	},
	{
		[]func(*runtime.Scheme) error{apps.AddToScheme, appsv1.AddToScheme},
		[]schema.GroupVersion{appsv1.SchemeGroupVersion},
		map[string]rest.RESTCreateStrategy{
			"DaemonSet":   daemonset.Strategy,
			"Deployment":  deployment.Strategy,
			"ReplicaSet":  replicaset.Strategy,
			"StatefulSet": statefulset.Strategy,
		},
	},
	{
		[]func(*runtime.Scheme) error{batch.AddToScheme, batchv1.AddToScheme},
		[]schema.GroupVersion{batchv1.SchemeGroupVersion},
		map[string]rest.RESTCreateStrategy{
			"CronJob": cronjob.Strategy,
			"Job":     job.Strategy,
		},
	},
	{
		[]func(*runtime.Scheme) error{networking.AddToScheme, networkingv1.AddToScheme},
		[]schema.GroupVersion{networkingv1.SchemeGroupVersion},
		map[string]rest.RESTCreateStrategy{
			"Ingress":       ingress.Strategy,
			"IngressClass":  ingressclass.Strategy,
			"NetworkPolicy": networkpolicy.Strategy,
		},
	},
	{
		[]func(*runtime.Scheme) error{policy.AddToScheme, policyv1.AddToScheme},
		[]schema.GroupVersion{policyv1.SchemeGroupVersion},
		map[string]rest.RESTCreateStrategy{"PodDisruptionBudget": poddisruptionbudget.Strategy},
	},
	{
		[]func(*runtime.Scheme) error{rbac.AddToScheme, rbacv1.AddToScheme},
		[]schema.GroupVersion{rbacv1.SchemeGroupVersion},
		map[string]rest.RESTCreateStrategy{
			"ClusterRole":        clusterrole.Strategy,
			"ClusterRoleBinding": clusterrolebinding.Strategy,
			"Role":               role.Strategy,
			"RoleBinding":        rolebinding.Strategy,
		},
	},
	{
		[]func(*runtime.Scheme) error{autoscaling.AddToScheme, autoscalingv2.AddToScheme, autoscalingv1.AddToScheme},
		[]schema.GroupVersion{autoscalingv2.SchemeGroupVersion, autoscalingv1.SchemeGroupVersion},
		map[string]rest.RESTCreateStrategy{"HorizontalPodAutoscaler": horizontalpodautoscaler.Strategy},
	},
	{
		[]func(*runtime.Scheme) error{storage.AddToScheme, storagev1.AddToScheme},
		[]schema.GroupVersion{storagev1.SchemeGroupVersion},
		map[string]rest.RESTCreateStrategy{
			"CSIDriver":    csidriver.Strategy,
			"StorageClass": storageclass.Strategy,
		},
	},
	{
		[]func(*runtime.Scheme) error{scheduling.AddToScheme, schedulingv1.AddToScheme},
		[]schema.GroupVersion{schedulingv1.SchemeGroupVersion},
		map[string]rest.RESTCreateStrategy{"PriorityClass": priorityclass.Strategy},
	},
	{
		[]func(*runtime.Scheme) error{node.AddToScheme, nodev1.AddToScheme},
		[]schema.GroupVersion{nodev1.SchemeGroupVersion},
		map[string]rest.RESTCreateStrategy{"RuntimeClass": runtimeclass.Strategy},
	},
	{
		[]func(*runtime.Scheme) error{coordination.AddToScheme, coordinationv1.AddToScheme},
		[]schema.GroupVersion{coordinationv1.SchemeGroupVersion},
		map[string]rest.RESTCreateStrategy{"Lease": lease.Strategy},
	},
}

// strategies has what the server does at the creation of each kind.
var strategies = map[schema.GroupVersionKind]rest.RESTCreateStrategy{}

func init() {
	for _, group := range groups {
		for _, add := range group.addToScheme {
			utilruntime.Must(add(legacyscheme.Scheme))
		}
		utilruntime.Must(legacyscheme.Scheme.SetVersionPriority(group.versions...))
		for _, version := range group.versions {
			for kind, strategy := range group.strategies {
				strategies[version.WithKind(kind)] = strategy
			}
		}
	}
}

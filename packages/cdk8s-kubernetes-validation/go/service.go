package main

import (
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/core/validation"
)

// begin does what the storage of Services does before all else, for a cluster with IPv4 and IPv6 and free addresses. Other
// kinds have no such step.
func begin(object runtime.Object) error {
	service, ok := object.(*core.Service)
	if !ok || service.Spec.Type == core.ServiceTypeExternalName {
		return nil
	}
	spec := &service.Spec
	if spec.ClusterIP != "" && len(spec.ClusterIPs) == 0 {
		spec.ClusterIPs = []string{spec.ClusterIP}
	}
	if spec.IPFamilyPolicy == nil {
		policy := core.IPFamilyPolicySingleStack
		if spec.ClusterIP == core.ClusterIPNone && len(spec.Selector) == 0 {
			policy = core.IPFamilyPolicyRequireDualStack
		}
		spec.IPFamilyPolicy = &policy
	}
	if errs := validation.ValidateServiceClusterIPsRelatedFields(service, nil); len(errs) > 0 {
		return apierrors.NewInvalid(core.Kind("Service"), service.Name, errs)
	}
	return nil
}

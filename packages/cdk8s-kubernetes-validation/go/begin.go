package main

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/warning"
	apiservice "k8s.io/kubernetes/pkg/api/service"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/core/validation"
)

// The node ports of a server that was not told otherwise.
const firstNodePort, lastNodePort = 30000, 32767

// begin does what happens in every cluster between decoding an object and preparing it for storage: what the admission plugin
// for service accounts sets, and what the storage of Services does where there are IPv4 and IPv6 and free addresses and ports.
func begin(ctx context.Context, object runtime.Object) error {
	switch object := object.(type) {
	case *core.Pod:
		if object.Spec.ServiceAccountName == "" {
			object.Spec.ServiceAccountName = "default"
		}
	case *core.Service:
		return beginService(ctx, object)
	}
	return nil
}

func beginService(ctx context.Context, service *core.Service) error {
	spec := &service.Spec
	if spec.ClusterIP != "" && len(spec.ClusterIPs) == 0 {
		spec.ClusterIPs = []string{spec.ClusterIP}
	}
	if spec.Type == core.ServiceTypeExternalName {
		return nil
	}
	if spec.IPFamilyPolicy == nil {
		policy := core.IPFamilyPolicySingleStack
		if spec.ClusterIP == core.ClusterIPNone && len(spec.Selector) == 0 {
			policy = core.IPFamilyPolicyRequireDualStack
		}
		spec.IPFamilyPolicy = &policy
	}
	errs := validation.ValidateServiceClusterIPsRelatedFields(service, nil)
	if len(errs) == 0 && (spec.Type == core.ServiceTypeNodePort || spec.Type == core.ServiceTypeLoadBalancer) {
		errs = allocateNodePorts(ctx, spec.Ports)
	}
	if len(errs) > 0 {
		return apierrors.NewInvalid(core.Kind("Service"), service.Name, errs)
	}
	if apiservice.NeedsHealthCheck(service) && spec.HealthCheckNodePort == 0 {
		spec.HealthCheckNodePort = lastNodePort
	}
	return nil
}

// allocateNodePorts takes the ports that were asked for; one may be asked for twice where the port is the same, as for TCP and
// UDP.
func allocateNodePorts(ctx context.Context, ports []core.ServicePort) field.ErrorList {
	taken, byPort := map[int32]bool{}, map[int32]int32{}
	for index, port := range ports {
		if port.NodePort == 0 || byPort[port.Port] == port.NodePort {
			continue
		}
		path := field.NewPath("spec", "ports").Index(index).Child("nodePort")
		if port.NodePort < firstNodePort || port.NodePort > lastNodePort {
			warning.AddWarning(ctx, "", fmt.Sprintf("%s: provided port is not in the valid range. The range of valid ports is %d-%d",
				path, firstNodePort, lastNodePort))
		} else if taken[port.NodePort] {
			return field.ErrorList{field.Invalid(path, port.NodePort, "provided port is already allocated")}
		}
		taken[port.NodePort], byPort[port.Port] = true, port.NodePort
	}
	return nil
}

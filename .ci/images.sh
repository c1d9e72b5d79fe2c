# How images get into the registry of the recipe's cluster; to be sourced, with the recipe's folder in $recipe.
export KUBE_DIR=${KUBE_DIR:-/tmp/kube}
registry=127.0.0.1:5000
manifest_type=application/vnd.oci.image.manifest.v1+json
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

has() { # REPOSITORY TAG
  curl --fail --silent --output /dev/null --header "accept: $manifest_type" "http://$registry/v2/$1/manifests/$2"
}

push() { # REPOSITORY TAG CONFIG ROOT [LAYER…]: the files below ROOT, on the layers
  local repository=$1 tag=$2 config=$3 root=$4
  shift 4
  tar --directory "$root" --owner=0 --group=0 --numeric-owner --sort=name --mtime=@0 --create --file "$root.tar" .
  printf %s "$config" >"$root.json"
  python3 "$recipe/oci_push.py" "$registry" "$repository" "$tag" "$root.json" "$@" "$root.tar"
}

add() { # ROOT FILE [TARGET]: a program, with the libraries it is linked to
  local root=$1 file=$2 library
  install -D --mode=755 "$file" "$root${3:-$file}"
  while read -r library; do
    # /lib is a link to /usr/lib in the layer below.
    install -D --mode=644 "$library" "$root/usr/${library#/usr/}"
  done < <(ldd "$file" | awk '$2 == "=>" { sub("^/lib/", "/usr/lib/", $3); print $3 }')
}

also() { # REPOSITORY TAG REPOSITORY TAG: another name for an image that is there
  local curl=(curl --fail --silent --show-error) manifest digest
  manifest=$("${curl[@]}" --header "accept: $manifest_type" "http://$registry/v2/$1/manifests/$2")
  # A repository has blobs of its own, or borrows them.
  for digest in $(grep --only-matching 'sha256:[0-9a-f]*' <<<"$manifest"); do
    "${curl[@]}" --request POST --data '' "http://$registry/v2/$3/blobs/uploads/?mount=$digest&from=$1"
  done
  printf %s "$manifest" | "${curl[@]}" --request PUT --header "content-type: $manifest_type" --data-binary @- \
    "http://$registry/v2/$3/manifests/$4"
}

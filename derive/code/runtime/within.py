"""What scikit-learn and a notebook ask of an estimator besides to fit and to predict."""

from typing import Any, Self

from derive.code.runtime.manners import _of_sklearn


class _Shown:
    """How an estimator is shown, and which of its methods are given weights of samples."""

    def _repr_html_(self) -> str | None:
        """scikit-learn's diagram of it, where that is loaded and its `display` is "diagram"."""
        draw = _of_sklearn("utils", "estimator_html_repr", None)
        wanted = draw is not None and _configured("display") == "diagram"
        return draw(self) if wanted else None

    def set_fit_request(self, *, sample_weight: bool | str | None) -> Self:
        """Whether what it is part of gives `fit` its sample_weight, or by which name it does; None
        lets an error tell of such weights.
        """
        return self._request("fit", sample_weight)

    def set_partial_fit_request(self, *, sample_weight: bool | str | None) -> Self:
        """The same of `partial_fit`."""
        return self._request("partial_fit", sample_weight)

    def set_score_request(self, *, sample_weight: bool | str | None) -> Self:
        """The same of `score`."""
        return self._request("score", sample_weight)

    def get_metadata_routing(self) -> Any:
        """scikit-learn's MetadataRequest: what each method asks for besides X and y."""
        made = _of_sklearn("utils.metadata_routing", "MetadataRequest", None)
        if made is None:
            raise AttributeError("scikit-learn, which routes metadata, is not loaded")
        if hasattr(self, "_metadata_request"):
            return self._metadata_request
        request = made(owner=type(self).__name__)
        for method in ("fit", "partial_fit", "score"):
            getattr(request, method).add_request(param="sample_weight", alias=None)
        return request

    def _request(self, method: str, wanted: bool | str | None) -> Self:
        if not _configured("enable_metadata_routing"):
            raise RuntimeError(
                f"set_{method}_request is for where metadata is routed: "
                "sklearn.set_config(enable_metadata_routing=True)"
            )
        request = self.get_metadata_routing()
        getattr(request, method).add_request(param="sample_weight", alias=wanted)
        self._metadata_request = request  # what scikit-learn's clone copies
        return self


def _configured(option: str) -> Any:
    """What scikit-learn is configured to; None where it is not loaded."""
    return _of_sklearn("_config", "get_config", dict)().get(option)

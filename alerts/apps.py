from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"

    def ready(self) -> None:
        """Have whoever moves a promise of a project told which thresholds that overtakes."""
        from alerts.selectors import late_rule_list
        from projects.promises import promise_check_add

        promise_check_add(late_rule_list)
